"""The passport as data for programs, and as a PDF to print, sign for and file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from organizations.passport.compose import Check, Part, Passport, day
from portal.kit import printed

TEMPLATE = Path(__file__).resolve().parent.parent / "printed" / "passport.typ"


def as_json(passport: Passport) -> dict[str, Any]:
    """The passport with labels in the reader's language and codes that stay."""
    label, _tone = passport.standing
    return {
        "organization": {"id": passport.organization.pk, "name": passport.organization.name},
        "standing": {"verified": passport.until is not None, "label": str(label), "until": passport.until},
        "made_at": passport.made_at,
        "parts": [_part(part) for part in passport.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    label, _tone = part.standing
    return {
        "code": part.code,
        "title": str(part.title),
        "standing": str(label),
        "changed_on": part.changed_on,
        "checks": [{"by": check.by, "on": check.on, "until": check.until} for check in part.checks],
        "facts": [
            {
                "label": str(fact.label),
                "values": [{"text": said.text, "language": said.language} for said in fact.values],
            }
            for fact in part.facts
        ],
    }


def as_pdf(passport: Passport) -> bytes:
    """The passport as a tagged PDF in the reader's language, right to left where that is its way."""
    label, tone = passport.standing
    organization = passport.organization
    return printed.pdf(
        TEMPLATE,
        {
            "lang": (get_language() or "en").partition("-")[0],
            "rtl": get_language_bidi(),
            "title": _("Partner passport: %(name)s") % {"name": organization.name},
            "heading": _("Partner passport"),
            "name": {"text": organization.name, "language": organization.name_language.partition("-")[0]},
            "standing": str(label),
            "tone": tone.value,
            "until": _("until %(date)s") % {"date": day(passport.until)} if passport.until else "",
            "made": _("As of %(moment)s. The portal shows how it stands today.")
            % {"moment": date_format(timezone.localtime(passport.made_at), "DATETIME_FORMAT")},
            "foot": _("Partnership Portal"),
            "parts": [
                {
                    "title": str(part.title),
                    "standing": str(part.standing[0]),
                    "tone": part.standing[1].value,
                    "checks": [check_in_words(check) for check in part.checks],
                    "changed": _("Changed by the organization on %(date)s, after the check.")
                    % {"date": day(part.changed_on)}
                    if part.changed_on
                    else "",
                    "facts": _part(part)["facts"],
                }
                for part in passport.parts
            ],
        },
    )


def check_in_words(check: Check) -> str:
    """“Checked by UNICEF Mali on 3 May 2026, until 2 May 2031”."""
    told = {"who": check.by, "on": day(check.on), "until": day(check.until)}
    if check.on and check.until:
        return _("Checked by %(who)s on %(on)s, until %(until)s") % told
    return _("Checked by %(who)s on %(on)s") % told if check.on else _("Checked by %(who)s") % told
