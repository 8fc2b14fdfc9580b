"""Every address of the portal, from its URL table: a new page cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One row of the URL table that answers GET."""

    name: str  # as reverse() takes it; of the API with "api:" before it
    route: str
    view: Any
    asks: tuple[str, ...]  # what has to be filled in

    @property
    def first(self) -> str:
        """The first word of the address: it names the kind of record."""
        words = [word.strip("^$") for word in self.route.split("/")]
        return words[2] if words[0] == "api" else words[0]

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def model(self) -> Any:
        """What kind of record the page is about, where its view says so."""
        admin = getattr(self.view, "model_admin", None)
        return admin.model if admin else getattr(self.view, "model", None)


def addresses() -> list[Address]:
    """The portal's addresses that can be read; those that only take what is sent are left out."""
    found = {}
    for address in _walk(get_resolver("portal.urls"), "", "", ()):
        if _answers_get(address):
            found.setdefault(address.name, address)
    return list(found.values())


def _walk(resolver: Any, space: str, route: str, asks: tuple[str, ...]) -> Iterator[Address]:
    for row in resolver.url_patterns:
        here = route + str(row.pattern)
        taken = (*asks, *_asked(row.pattern))
        if isinstance(row, URLResolver):
            yield from _walk(row, space + (f"{row.namespace}:" if row.namespace else ""), here, taken)
        elif isinstance(row, URLPattern) and row.name:
            kind = "api:" if here.startswith("api/") else ""
            yield Address(f"{kind}{space}{row.name}", here, _View.of(row.callback), taken)


def _asked(pattern: Any) -> list[str]:
    names = list(pattern.converters)
    return names or list((getattr(pattern, "regex", None) and pattern.regex.groupindex) or ())


class _View:
    """The class behind a function that Django or the API made, or the function itself."""

    @staticmethod
    def of(callback: Any) -> Any:
        view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
        actions = getattr(callback, "actions", None)
        if actions is not None and view is not None:
            return type(view.__name__, (), {"model": getattr(view, "model", None), "actions": actions, "of": view})
        return view or callback


def _answers_get(address: Address) -> bool:
    if (actions := getattr(address.view, "actions", None)) is not None:
        return "get" in actions
    if not isinstance(address.view, type):
        return True  # a function says nothing of it
    return hasattr(address.view, "get") and "get" in getattr(address.view, "http_method_names", ["get"])
