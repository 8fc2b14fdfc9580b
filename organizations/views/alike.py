"""Partners like one organization: with which it shares what few others have, and what that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import reads_for_unicef
from accounts.stamp import kept
from organizations.filters.vocabulary import Vocabulary, vocabulary
from organizations.models import Organization
from organizations.models.organization import TRAITS, PartnerType
from organizations.search.alike import Likeness, alike
from organizations.search.reader import Reader
from organizations.views.summary import summaries
from organizations.views.works import shared_works, works_of
from portal.kit.views import RecordPage

SHOWN = 8
WORKS_SHOWN = 12
WORKS_NAMED = 2


class OrganizationAlike(RecordPage):
    """A page of its own, and a part of the organization's page, which htmx loads when it comes into view."""

    model = Organization

    def render_to_response(self, context: dict[str, Any], **_response: Any) -> Any:
        organization, user = self.object, self.request.user
        for_unicef = reads_for_unicef(user)
        is_own = not for_unicef and user.is_authenticated and user.acts_for(organization.pk)

        def rows() -> str:
            own = tuple(user.roles_by_organization) if is_own else ()
            works = shared_works(works_of(organization, sees_all=for_unicef), Reader(for_unicef, own))
            told = {
                "rows": self._rows(organization, for_unicef, is_own),
                "works": sorted(works, key=lambda work: -work.partners)[:WORKS_SHOWN],
            }
            return render_to_string("organizations/organization_alike_rows.html", told)

        reader = "unicef" if for_unicef else f"own {sorted(user.roles_by_organization)}" if is_own else ""
        part = bool(self.request.headers.get("HX-Request"))
        context |= {"organization": organization, "rows": kept(f"alike {organization.pk}", rows, reader=reader)}
        name = "organization_alike_part" if part else "organization_alike"
        return render(self.request, f"organizations/{name}.html", context)

    def _rows(self, organization: Organization, for_unicef: bool, is_own: bool) -> list[tuple[Organization, list[str]]]:
        found = alike(organization.pk, for_unicef=for_unicef, is_own=for_unicef or is_own)
        near = {one.organization: one for one in found}
        head = organization.headquarters_id or organization.pk
        seen = Organization.objects.current().filter(pk__in=near, partner_type=PartnerType.CSO)
        seen = seen.exclude(Q(pk=head) | Q(headquarters=head)).defer("search_text", "mission")
        by_pk = {row.pk: row for row in seen}
        rows = [by_pk[pk] for pk in near if pk in by_pk][:SHOWN]
        told = summaries(rows, sensitive=for_unicef)
        for row in rows:
            row.summary = told[row.pk]
        known = vocabulary()
        return [(row, list(reasons(near[row.pk], known))) for row in rows]


def reasons(likeness: Likeness, known: Vocabulary) -> Iterator[str]:
    """What two organizations share, in words, the most telling first."""
    by_family: dict[str, list[str]] = {}
    for code in likeness.shared:
        by_family.setdefault("work" if " " in code else code.partition(":")[0], []).append(code)
    works = _innermost([_nodes(code, known) for code in by_family.get("work", ())])
    for theme, place in works[:WORKS_NAMED]:
        yield _("%(theme)s in %(place)s") % {"theme": theme.label, "place": known.place_label(place)}
    if not works:
        for code in (*by_family.get("theme", ())[:1], *by_family.get("place", ())[:1]):
            [node] = _nodes(code, known)
            yield node.label if code.startswith("theme") else known.place_label(node)
    for code in by_family.get("trait", ()):
        yield str(TRAITS[code.partition(":")[2]])


def _nodes(code: str, known: Vocabulary) -> list[Any]:
    trees = {"theme": known.themes, "place": known.places}
    parts = (part.partition(":") for part in code.split())
    return [trees[family][value] for family, _colon, value in parts if value in trees[family]]


def _innermost(works: Sequence[list[Any]]) -> list[list[Any]]:
    """Without those that only say more widely what another one says, in their order."""
    works = [work for work in works if len(work) == 2]  # a theme and a place, both known

    def says(work: list[Any], other: list[Any]) -> bool:
        return work is not other and all(one.path.startswith(wide.path) for one, wide in zip(work, other, strict=True))

    return [work for work in works if not any(says(other, work) for other in works)]
