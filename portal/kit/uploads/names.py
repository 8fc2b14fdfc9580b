"""The names that files come with: shown to people again, never used to store anything."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 200

# They turn the letters around them, so that “fdp.exe” reads as “exe.pdf”.
_TURNS_LETTERS = re.compile("[\u202a-\u202e\u2066-\u2069]")

# What a program or a browser would run. Such an ending in front of the last one is there to deceive somebody.
_RUNS = frozenset(
    re.findall(
        r"\w+",
        """
        apk app asp aspx bat bin cgi chm cmd com cpl dll docm dotm elf exe gadget hta
        htm html iso jar js jse jsp ksh lnk mht mhtml msc msi msp phar php php3 php5
        phtml pif pl ppam pptm ps1 psm1 py reg rtf scr sct sh shtml svg svgz swf vb
        vbe vbs wsf wsh xhtml xlam xlsb xlsm xltm xml zip
        """,
    )
)


def clean_name(name: str) -> str:
    """Return ``name`` in one line of composed letters; ValidationError where it means to be more than a name."""
    name = unicodedata.normalize("NFC", name).strip()
    if any(unicodedata.category(letter) == "Cc" for letter in name) or _TURNS_LETTERS.search(name):
        raise ValidationError(_("The file’s name holds hidden signs. Rename it with letters and figures alone."))
    if "/" in name or "\\" in name or re.match(r"[A-Za-z]:", name):
        raise ValidationError(_("The file’s name names a folder. Rename it without “/”, “\\” or “:”."))
    inner = [part.strip() for part in name.lower().split(".")[1:-1]]
    if any(part in _RUNS for part in inner):
        raise ValidationError(_("The file’s name has two endings, and one of them is a program’s. Rename it with one."))
    if not name.strip(". ") or name.startswith("."):
        raise ValidationError(_("The file has no name. Give it one that says what it is."))
    if len(name) > LONGEST:
        raise ValidationError(_("The file’s name is longer than %(most)s letters. Shorten it.") % {"most": LONGEST})
    return name
