"""The tags of an office: all of them, and those of one organization."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from organizations.actions.tag import untag_organizations
from organizations.filters.tag import TagFilter
from organizations.models import Tag
from organizations.views.of_organization import OfOrganization
from portal.kit.access import visible_or_404
from portal.kit.views import ListPage

SHOWN = 50


class TagList(LoginRequiredMixin, ListPage):
    """The tags of the offices at which one works, each leading to the organizations that have it."""

    model = Tag
    template_name = "organizations/tag_list.html"
    filterset_class = TagFilter
    title = _("Tags")
    intro = _("Words that your office puts on organizations. Only its staff see them.")
    sorts = {"name": (_("name"), ("folded", "pk")), "newest": (_("newest"), ("-created_at", "-pk"))}
    list_permission = "organizations.list_tags"

    def visible(self) -> Any:
        return super().visible().select_related("office")

    def prepare(self, rows: list[Tag]) -> list[Tag]:
        counted = Tag.objects.filter(pk__in=[row.pk for row in rows]).annotate(uses=Count("taggings"))
        uses = dict(counted.values_list("pk", "uses"))
        for row in rows:
            row.uses = uses[row.pk]
        return rows


class OrganizationTags(OfOrganization, View):
    """The tags on one organization, each to be taken off by whoever looks after partners at its office."""

    permission = "organizations.list_tags"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        seen = Tag.objects.visible_to(request.user).filter(taggings__organization=self.organization)
        tags = list(seen.select_related("office").order_by("folded", "pk")[:SHOWN])
        context = {
            "organization": self.organization,
            "tags": [(tag, request.user.has_perm("organizations.tag_organizations", tag.office)) for tag in tags],
            "may_tag": request.user.has_perm("organizations.work_in_bulk"),
        }
        return render(request, "organizations/organization_tags.html", context)


class TagRemove(OfOrganization, View):
    """Takes one tag off one organization."""

    http_method_names = ["post"]
    permission = "organizations.list_tags"

    def post(self, request: HttpRequest, pk: int, tag: int) -> HttpResponse:
        found = visible_or_404(Tag, request.user, pk=tag)
        untag_organizations([self.organization], by=request.user, tag=found)
        messages.success(request, _("The tag “%(label)s” is taken off.") % {"label": found.label})
        return HttpResponseRedirect(reverse("organizations:organization-tags", args=[pk]))
