"""The rows of the two long lists, drawn in Python: a template takes ten times as long for twenty of them (ADR 0017).

Words to translate stand outside of the braces of an f-string, where the tool that gathers them does not look.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organizations.models import Organization, Registration
from organizations.views.summary import Summary
from portal.templatetags.parts.lists import tick
from portal.templatetags.parts.words import badge, escaped, foreign, since, state, tag, when


def partner_row(organization: Organization, *, may_tick: bool) -> str:
    """An organization in the directory: what it is, why it is found, where it works on what, how it stands."""
    told: Summary = organization.summary  # type: ignore[attr-defined]
    html = tick(organization.pk, organization.name) if may_tick else ""
    html += f'<div class="row-main">{_title(organization, organization.get_absolute_url())}'
    html += f'<p class="row-facts">{" · ".join(escaped(each) for each in (told.kind, told.places) if each)}</p>'
    for reason in getattr(organization, "why", ()):
        shown = foreign(reason.text, reason.language) if reason.text else ""
        html += f'<p class="row-facts">{escaped(reason.label)} {shown}</p>'
    tags = "".join(tag(theme.label) for theme in told.first_themes)
    if more := told.more_themes:
        words = ngettext("%(n)s more", "%(n)s more", more) % {"n": more}
        tags += f'<span class="muted small">{escaped(words)}</span>'
    tags += "".join(tag(str(trait), warm=True) for trait in organization.traits)
    if tags:
        html += f'<p class="tags">{tags}</p>'
    standing = told.standing
    html += f'</div><div class="row-end">{badge(standing.label, standing.tone)}'
    if standing.until:
        html += "<span>" + _("until %(until)s") % {"until": when(standing.until, "date")} + "</span>"
    elif standing.since:
        html += "<span>" + _("since %(since)s") % {"since": since(standing.since)} + "</span>"
    return f"{html}</div>"


def registration_row(registration: Registration, *, may_tick: bool, for_unicef: bool) -> str:
    """A registration in the queue: whose, with which office, by when to answer, in what state and for how long."""
    organization, clock = registration.organization, registration.clock  # type: ignore[attr-defined]
    html = _choice(registration, organization) if may_tick else ""
    facts = [organization.get_cso_type_display() if organization.cso_type else "", organization.country or ""]
    facts.append(_("UNICEF %(office)s") % {"office": registration.office.label})
    facts.append(_("filled in by the office") if registration.on_behalf else "")
    html += f'<div class="row-main">{_title(organization, registration.get_absolute_url())}'
    html += f'<p class="row-facts">{" · ".join(escaped(each) for each in facts if each)}</p>'
    work = [_("answer due by %(due_day)s") % {"due_day": when(clock.due)}] if clock else []
    if for_unicef and (person := registration.assigned_to):
        name = f'<a href="?assigned={person.pk}"><bdi>{escaped(str(person))}</bdi></a>'
        work.append(_("assigned to") + f" {name}")
    if work:
        html += f'<p class="row-facts">{" · ".join(work)}</p>'
    html += '</div><div class="row-end">'
    if mark := registration.mark:  # type: ignore[attr-defined]
        html += badge(mark.label, mark.state.tone)
    html += state(registration)
    if clock and clock.is_late:
        days = {"n": clock.late_days}
        html += badge(ngettext("%(n)s day late", "%(n)s days late", clock.late_days) % days, "stopped")
    how_long = _("for %(how_long)s") % {"how_long": since(registration.state_since)}
    return f"{html}<span>{how_long}</span></div>"


def _title(organization: Any, address: str) -> str:
    """The name, with what was found in it marked, and the acronym."""
    name = foreign(getattr(organization, "marked_name", "") or organization.name, organization.name_language)
    acronym = organization.acronym
    short = f' <span class="acronym"><bdi>{escaped(acronym)}</bdi></span>' if acronym else ""
    return f'<h2 class="row-title"><a href="{address}">{name}</a>{short}</h2>'


def _choice(registration: Registration, organization: Organization) -> str:
    label = _("Choose %(partner)s") % {"partner": escaped(str(organization))}
    return (
        f'<div class="choice row-choice"><input type="checkbox" name="row" value="{registration.pk}"'
        f' id="row-{registration.pk}"><label for="row-{registration.pk}">'
        f'<span class="visually-hidden">{label}</span></label></div>'
    )
