"""What each part of the passport holds. A part without facts and without checks is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEvent
from organizations.filters.vocabulary import vocabulary, vocabulary_with
from organizations.models import Assessment, OfficeHolder, OrganizationName
from organizations.models.document import PAPERS
from organizations.passport.compose import Check, Fact, Part, Said, Source, day
from portal.kit.text import fold

PRESENCES_READ = 2000
PLACES_NAMED = 12


def identity(source: Source) -> Iterator[Part]:
    """Names as written, what kind of organization it is, and the numbers by which registers know it."""
    one = source.organization
    country = vocabulary().place_by_pk.get(one.country_id)
    names = one.names.exclude(kind=OrganizationName.Kind.MISSPELLING)
    others = [Said(f"{name.name} ({name.get_kind_display()})", name.language) for name in names]
    yield Part(
        "identity",
        _("Names and identity"),
        _facts(
            (_("Name"), [Said(one.name, one.name_language)]),
            (_("Acronym"), [one.acronym]),
            (_("Other names"), others),
            (_("Type of organization"), [one.get_cso_type_display()]),
            (_("UN category"), [one.get_organization_category_display()]),
            (_("Country"), [country.label if country else ""]),
            (_("Headquarters"), [one.headquarters.name if one.headquarters else ""]),
            (_("Registration numbers"), [str(identifier) for identifier in one.identifiers.all()]),
        ),
        source.checks,
        source.changed_on(
            ("name", "acronym", "cso_type", "organization_category", "country", "headquarters", "names", "identifiers")
        ),
    )


def legal(source: Source) -> Iterator[Part]:
    one = source.organization
    yield Part(
        "legal",
        _("Legal status"),
        _facts(
            (_("Legal status"), [one.get_legal_status_display()]),
            (_("Year founded"), [one.founded]),
            (_("Why there is no certificate"), [one.no_certificate_reason]),
        ),
        source.checks,
        source.changed_on(("legal_status", "founded", "no_certificate_reason")),
    )


def people(source: Source) -> Iterator[Part]:
    """Who leads it (S2-20): names and titles, no addresses of persons."""
    one = source.organization
    current = list(one.office_holders.current())
    roles = [
        (role.label, [", ".join(filter(None, [row.name, row.title])) for row in current if row.role == role])
        for role in OfficeHolder.Role
    ]
    yield Part(
        "people",
        _("People"),
        _facts(*roles, (_("E-mail address"), [one.email]), (_("Website"), [one.website])),
        source.checks,
        source.changed_on(("office_holders", "email", "website")),
    )


def mandate(source: Source) -> Iterator[Part]:
    one = source.organization
    yield Part(
        "mandate",
        _("What it does and for whom"),
        _facts(
            (_("Mission"), [Said(one.mission, one.mission_language)]),
            (_("Focus"), [one.get_focus_display()]),
            (_("How it works"), [strategy.label for strategy in one.strategies.all()]),
            (_("Led by, expert in"), one.traits),
            (_("Working languages"), one.language_names),
        ),
        source.checks,
        source.changed_on(("mission", "focus", "strategies", "languages", *_TRAITS)),
    )


_TRAITS = ("is_opd", "is_parents_organization", "is_women_led", "is_youth_led", "has_disability_expertise")


def places(source: Source) -> Iterator[Part]:
    """Themes, each with its places. Sensitive themes stay out: a passport goes to people whom nobody knows."""
    rows = source.organization.presences.filter(source="").order_by()
    pairs = set(rows.values_list("theme_id", "location_id")[:PRESENCES_READ])
    known = vocabulary_with({theme for theme, _place in pairs}, {place for _theme, place in pairs})
    by_theme: dict[str, set[str]] = {}
    for theme_pk, place_pk in pairs:
        theme = known.theme_by_pk[theme_pk]
        if not theme.is_sensitive:
            by_theme.setdefault(theme.label, set()).add(known.place_by_pk[place_pk].label)
    facts = [(theme, [_some(sorted(by_theme[theme], key=fold))]) for theme in sorted(by_theme, key=fold)]
    yield Part("places", _("Where it works"), _facts(*facts), source.checks, source.changed_on(("presences",)))


def documents(source: Source) -> Iterator[Part]:
    """The papers that show its legal standing, each with issuer and dates; the files themselves stay private."""
    facts = []
    rows = source.organization.documents.current().filter(kind__in=PAPERS, audience=AuditEvent.Audience.BOTH)
    for row in rows.order_by("kind", "-issued_on", "pk"):
        words = [row.title, row.issuer, row.number]
        words.append(_("of %(date)s") % {"date": day(row.issued_on)} if row.issued_on else "")
        if row.expires_on:
            lapsed = _("expired on %(date)s") if row.is_expired else _("valid until %(date)s")
            words.append(lapsed % {"date": day(row.expires_on)})
        facts.append((row.get_kind_display(), [", ".join(filter(None, words))]))
    yield Part("documents", _("Documents"), _facts(*facts), source.checks, source.changed_on(("documents",)))


def assessments(source: Source) -> Iterator[Part]:
    """The ratings that count today, each with who assessed and until when (domain §3)."""
    rows = Assessment.objects.counting().filter(organization=source.organization)
    for row in rows.select_related("office").order_by("kind"):
        office = _("UNICEF %(office)s") % {"office": row.office.label}
        yield Part(
            f"assessment-{row.kind}",
            row.get_kind_display(),
            _facts((_("Risk rating"), [row.get_rating_display()])),
            [Check(office, row.assessed_on, row.valid_until)],
        )


def offices(source: Source) -> Iterator[Part]:
    """How it stands with each country office that has decided, and who there decided."""
    facts = []
    for row in source.registrations:
        words = [row.lifecycle.state(row.state).label]
        if row.decided_at:
            words.append(
                _("decided on %(date)s by %(person)s")
                % {"date": day(timezone.localdate(row.decided_at)), "person": row.decided_by or _("the office")}
            )
        if row.valid_until:
            words.append(_("until %(date)s") % {"date": day(row.valid_until)})
        facts.append((_("UNICEF %(office)s") % {"office": row.office.label}, [", ".join(map(str, words))]))
    yield Part("offices", _("With country offices"), _facts(*facts), from_offices=True)


def declaration(source: Source) -> Iterator[Part]:
    """The integrity declaration that goes with the newest verification (R-01)."""
    if not (rows := source.verified):
        return
    answers = rows[0].declaration.values()
    said = _("Accepted, all sentences") if answers and set(answers) == {"yes"} else _("Not accepted as a whole")
    yield Part("declaration", _("Integrity declaration"), _facts((_("Declaration"), [said])), source.checks[:1])


PARTS: tuple[Callable[[Source], Iterable[Part]], ...] = (
    *(identity, legal, documents, people, mandate, places),
    *(declaration, assessments, offices),
)
"""The parts in the order of the page."""


def _facts(*pairs: tuple[Any, Iterable[Any]]) -> list[Fact]:
    """The facts that have something to say."""
    facts = []
    for label, values in pairs:
        said = [value if isinstance(value, Said) else Said(str(value)) for value in values if value]
        if said := [one for one in said if one.text]:
            facts.append(Fact(label, tuple(said)))
    return facts


def _some(labels: list[str]) -> str:
    """``labels`` in one line; beyond ``PLACES_NAMED`` only how many more."""
    shown, more = labels[:PLACES_NAMED], len(labels) - PLACES_NAMED
    return ", ".join(shown) + (_(" and %(n)s more") % {"n": more} if more > 0 else "")
