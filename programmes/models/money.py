"""Currencies, as ISO 4217 names them."""

from functools import cache
from typing import Any

from babel.core import Locale, get_global
from babel.numbers import get_currency_name, get_territory_currencies
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes of the money in use somewhere today."""
    rows = (row for territory in get_global("territory_currencies").values() for row in territory)
    return frozenset(code for code, _begun, ended, is_tender in rows if ended is None and is_tender)


def is_currency(code: str) -> None:
    """Refuse a code that names no money in use."""
    if code not in currencies():
        raise ValidationError(_("“%(code)s” is not the ISO 4217 code of a currency in use."), params={"code": code})


def currency_choices(territories: Any) -> list[tuple[Any, Any]]:
    """All currencies in use; first the dollar, the euro and those of the ``territories`` (ISO alpha-2)."""
    locale = Locale.parse(get_language() or "en", sep="-")
    common = ["USD", *(code for iso2 in territories if iso2 for code in get_territory_currencies(iso2)), "EUR"]
    common = [code for code in dict.fromkeys(common) if code in currencies()]

    def named(codes: Any) -> list[tuple[str, str]]:
        return [(code, f"{code} – {get_currency_name(code, locale=locale)}") for code in codes]

    return [(_("Usual here"), named(common)), (_("All"), named(sorted(currencies() - set(common))))]
