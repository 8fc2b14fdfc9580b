"""Agreements in the admin: facts are changed by the action, while the state leaves them open."""

from django.contrib import admin

from accounts.admin import RecordAdmin
from organizations.admin import ReadOnlyInline, VersionedForm
from partnerships.actions import FIELDS, change_agreement
from partnerships.models import Agreement, Signature


class SignatureInline(ReadOnlyInline):
    model = Signature


@admin.register(Agreement)
class AgreementAdmin(RecordAdmin):
    form = VersionedForm
    view_permission = "partnerships.view_agreement"
    change_permission = "partnerships.change_agreement"
    list_display = ["reference", "title", "organization", "office", "kind", "state", "start", "end"]
    list_filter = ["state", "kind", "office__region"]  # an office is searched for: a filter of them has 130 links
    list_select_related = ["organization", "office"]
    search_fields = ["reference", "title", "organization__search_text", "office__name"]
    ordering = ["-pk"]
    autocomplete_fields = ["themes", "locations"]
    readonly_fields = [
        *("reference", "organization", "office", "state", "state_since", "version"),
        *("created_at", "created_by", "submitted_at", "source", "external_id"),
    ]
    inlines = [SignatureInline]

    def has_change_permission(self, request, obj=None):
        """What the state has closed cannot be changed here either."""
        return super().has_change_permission(request, obj) and obj.lifecycle.is_editable(obj, "title")

    def save_model(self, request, obj, form, change):
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        facts = {name: changed[name] for name in FIELDS if name in changed}
        change_agreement(
            obj,
            by=request.user,
            themes=changed.get("themes"),
            locations=changed.get("locations"),
            expected_version=form.cleaned_data["seen_version"],
            **facts,
        )
