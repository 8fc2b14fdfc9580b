"""What is filled into an address: the keys of records that the reader may see, and words that go with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from benchmarks.make.people import secret_of
from benchmarks.pages.addresses import Address
from organizations.emails.saved import stop_path
from organizations.models import BulkRun, Digest, Document, Organization, PassportLink, Registration
from organizations.models.registration import Section
from programmes.models import Location

TRIED = 60  # records of one kind

KINDS: dict[str, Callable[[], Any]] = {
    "countries": lambda: Location.objects.countries(),
    "organizations": lambda: Organization.objects,
    "registrations": lambda: Registration.objects,
    "documents": lambda: Document.objects,
}
"""What the first word of an address stands for, where the views do not say it alike."""


def paths(address: Address, known: Iterable[Address], user: Any, *, spread: bool = True) -> Iterator[str]:
    """Addresses in full that ``user`` may perhaps open, the likeliest first.

    ``spread``: of records from all over the table; else of the oldest, which are the same however many there are.
    """
    if not address.asks:
        yield from (f"{path_to(address)}{query}" for query in QUERIES.get(address.name, lambda user: [""])(user))
        return
    if whole := WHOLE.get(address.name):
        yield from whole(address)
        return
    rest = address.asks[1:]
    for record in records(kind_of(address, known), user, spread=spread):
        own = {address.asks[0]: getattr(record, address.asks[0] if address.asks[0] != "object_id" else "pk")}
        if not rest:
            yield path_to(address, **own)
        for filled in FILLED[rest](record, user) if rest else ():
            yield path_to(address, **own, **filled)


def path_to(address: Address, **filled: Any) -> str:
    return reverse(address.name.removeprefix("api:"), kwargs=filled or None)


def kind_of(address: Address, known: Iterable[Address]) -> Any:
    """The manager of the records that the address is about."""
    if address.first in KINDS and not address.name.startswith("admin:"):
        return KINDS[address.first]()
    if address.model:
        return address.model._default_manager
    models = [other.model for other in known if other.first == address.first and other.model]
    if not models:
        raise LookupError(address.first)
    return models[0]._default_manager


def records(manager: Any, user: Any, *, spread: bool = True) -> list[Any]:
    """Some that ``user`` may see, from all over the table where it is large and they are to be ``spread``."""
    seen = manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
    last = manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    rng = Random(f"{manager.model._meta.label} {last}")
    keys = [rng.randrange(1, last + 1) for _ in range(8 * TRIED)] if last else []
    found = list(seen.filter(pk__in=keys)[:TRIED]) if spread and last > TRIED else []
    if len(found) < TRIED // 3:
        found += list(seen.order_by("pk")[:TRIED])
    return found


def _moves(record: Any, user: Any) -> Iterator[dict[str, str]]:
    offers = record.lifecycle.offers(record, user)
    yield from ({"transition": offer.transition.name} for offer in offers if not offer.reasons)


def _sections(record: Any, user: Any) -> Iterator[dict[str, str]]:
    yield from ({"section": section} for section in Section.values)


def _versions(record: Any, user: Any) -> Iterator[dict[str, int]]:
    yield {"number": 1}


def _forms(record: Any, user: Any) -> Iterator[dict[str, str]]:
    yield {"form": "json"}
    yield {"form": "pdf"}


def _members(record: Any, user: Any) -> Iterator[dict[str, int]]:
    yield from ({"member": row.pk} for row in record.memberships.exclude(user=user)[:3])


FILLED: dict[tuple[str, ...], Callable[[Any, Any], Iterable[dict[str, Any]]]] = {
    ("transition",): _moves,
    ("section",): _sections,
    ("number",): _versions,
    ("form",): _forms,
    ("member",): _members,
}
"""What follows the key of a record in an address."""


def _assigned(user: Any) -> Iterator[str]:
    waiting = records(Registration.objects.waiting_for_office().filter(user.offices_condition()), user)
    yield from ("?" + "&".join(f"row={row.pk}" for row in waiting[at : at + 5]) for at in range(0, len(waiting), 5))


def _merged(user: Any) -> Iterator[str]:
    names = list(Organization.objects.order_by("pk").values_list("pk", "name")[:TRIED])
    yield from (f"?{urlencode({'first': pk, 'q': max(name.split(), key=len)})}" for pk, name in names)


def _bulk(user: Any) -> Iterator[str]:
    rows = records(Organization.objects, user)
    yield from ("?action=tag&" + "&".join(f"pk={row.pk}" for row in rows[at : at + 5]) for at in range(0, len(rows), 5))


def _named(user: Any) -> Iterator[str]:
    names = Organization.objects.order_by("pk").values_list("name", flat=True)[:TRIED]
    yield from (f"?{urlencode({'name': name})}" for name in names)


QUERIES: dict[str, Callable[[Any], Iterator[str]]] = {
    "organizations:registration-assign": _assigned,
    "organizations:merge-new": _merged,
    "organizations:bulk": _bulk,
    "api:twin-search": _named,
    "organizations:saved-search-new": lambda user: iter(["?theme=education"]),
    "accounts:export-new": lambda user: iter([f"?{urlencode({'list': reverse('organizations:organization-list')})}"]),
}
"""What addresses without a record are asked with, where they say nothing without."""


def _passports(address: Address) -> Iterator[str]:
    rest: dict[str, Any] = {"form": "json"} if "form" in address.asks else {}
    for pk in islice(PassportLink.objects.order_by("pk").values_list("organization_id", flat=True), TRIED):
        yield path_to(address, secret=secret_of(pk), **rest)


def _places(address: Address) -> Iterator[str]:
    places = Location.objects.exclude(parent=None).order_by("path")[:TRIED]
    yield from (path_to(address, country=place.country_code, code=place.code) for place in places)


def _runs(address: Address) -> Iterator[str]:
    tokens = BulkRun.objects.order_by("pk").values_list("token", flat=True)[:TRIED]
    yield from (path_to(address, token=token) for token in tokens)


def _digests(address: Address) -> Iterator[str]:
    yield from (stop_path(digest) for digest in Digest.objects.order_by("pk")[:TRIED])


WHOLE: dict[str, Callable[[Address], Iterator[str]]] = {
    "organizations:passport-shared": _passports,
    "organizations:passport-shared-file": _passports,
    "organizations:bulk-run": _runs,
    "organizations:digest-stop": _digests,
    "programmes:place-detail": _places,
}
"""Addresses that begin with something else than the key of a record."""
