"""Papers of the demonstration: PDF of one page, made of a few lines of plain text."""

from io import BytesIO

from django.core.files.base import File


def paper(name: str, *lines: str) -> File:
    """A PDF called ``name`` that reads ``lines``; letters beyond Latin are left out, as no font is brought along."""
    shown = [line.encode("latin-1", "ignore").decode("latin-1") for line in lines]
    text = " T* ".join(f"({_escaped(line)}) Tj" for line in shown)
    content = f"BT /F 14 Tf 22 TL 72 740 Td {text} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, entry in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, entry)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return File(BytesIO(bytes(out)), name=name)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
