"""Small honest files of each kind, as bytes, and the pieces to make hostile ones of."""

import io
import struct
import zipfile
import zlib

from django.core.files.base import File

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def upload(content: bytes, name: str) -> File:
    """A file as an action gets it, under the very name that the sender gave."""
    return File(io.BytesIO(content), name=name)


def pdf(text: str = "Certificate", catalog: str = "", objects: bytes = b"") -> bytes:
    """A PDF of one page; ``catalog`` is put into its root, ``objects`` behind its own."""
    shown = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode()
    parts = [
        f"1 0 obj << /Type /Catalog /Pages 2 0 R {catalog} >> endobj".encode(),
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj",
        stream(4, shown),
        objects,
    ]
    return b"%PDF-1.4\n" + b"\n".join(parts) + b"\ntrailer << /Root 1 0 R /Size 5 >>\n%%EOF\n"


def stream(number: int, content: bytes, entries: str = "") -> bytes:
    head = f"{number} 0 obj << /Length {len(content)} {entries} >> stream\n".encode()
    return head + content + b"\nendstream endobj"


def packed_list(text: bytes) -> bytes:
    """Objects of a PDF in a packed list, as most programs write them today."""
    return stream(9, zlib.compress(b"10 0 " + text), "/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode")


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg(inside: bytes = b"") -> bytes:
    remark = b"\xff\xfe" + struct.pack(">H", len(inside) + 2) + inside
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + remark + b"\xff\xd9"


def packed(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as folder:
        for name, content in parts.items():
            folder.writestr(name, content)
    return out.getvalue()


def office(part: str, main: str, more: dict[str, bytes | str] | None = None, types: str = "") -> bytes:
    override = f'<Types><Override PartName="/{part}/x.xml" ContentType="{main}"/>{types}</Types>'
    return packed({"[Content_Types].xml": override, f"{part}/x.xml": "<x/>", **(more or {})})


def docx(more: dict[str, bytes | str] | None = None, types: str = "") -> bytes:
    return office("word", WORD, more, types)


def xlsx(more: dict[str, bytes | str] | None = None, types: str = "") -> bytes:
    return office("xl", EXCEL, more, types)


def odt(more: dict[str, bytes | str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        for name, content in {"content.xml": "<x/>", **(more or {})}.items():
            folder.writestr(name, content)
    return out.getvalue()


def locked(folder: bytes) -> bytes:
    """The same packed folder, whose parts say that they need a password."""
    with zipfile.ZipFile(io.BytesIO(folder)) as opened:
        places = [part.header_offset + 6 for part in opened.infolist()]
    changed, at = bytearray(folder), folder.find(b"PK\x01\x02")
    while at >= 0:
        places.append(at + 8)
        at = folder.find(b"PK\x01\x02", at + 4)
    for place in places:
        changed[place] |= 1
    return bytes(changed)
