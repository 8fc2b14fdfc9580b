"""Reference data in the admin: saves go through the actions, and a row that something refers to stays."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from programmes.actions import assign_staff, delete_reference, end_assignment, is_used, save_reference
from programmes.models import CountryOffice, Location, RegionalOffice, StaffAssignment, Strategy, ThematicArea


class RuledAdmin(admin.ModelAdmin):
    """Asks one permission of rules.py for everything; rows are removed one by one."""

    permission = ""
    list_per_page = 20  # as the portal’s own lists
    show_full_result_count = False

    def has_module_permission(self, request):
        return request.user.has_perm(self.permission)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(self.permission, obj)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def get_actions(self, request):
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}


class ReferenceAdmin(RuledAdmin):
    permission = "programmes.manage_reference"
    fixed = ("code",)  # others refer to rows by these, so they stay as they were made

    def get_readonly_fields(self, request, obj=None):
        return self.fixed if obj else ()

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and obj is not None and not is_used(obj)

    def save_model(self, request, obj, form, change):
        pairs = {name: [_plain(form.initial.get(name)), _plain(form.cleaned_data[name])] for name in form.changed_data}
        changes = {name: pair for name, pair in pairs.items() if change and pair[0] != pair[1]}
        save_reference(obj, by=request.user, changes=changes)

    def delete_model(self, request, obj):
        delete_reference(obj, by=request.user)


def _plain(value):
    """``value`` as the trail can keep it: related rows by their names."""
    if isinstance(value, QuerySet | list):
        return sorted(map(str, value))
    return value if isinstance(value, bool | int | str | dict | None) else str(value)


@admin.register(RegionalOffice)
class RegionalOfficeAdmin(ReferenceAdmin):
    list_display = ["name", "acronym", "code", "city"]
    search_fields = ["name", "acronym", "code"]


@admin.register(CountryOffice)
class CountryOfficeAdmin(ReferenceAdmin):
    list_display = ["name", "code", "sign", "region", "is_active"]
    list_filter = ["region", "is_active"]
    list_select_related = ["region"]
    search_fields = ["name", "code", "sign", "countries__name"]
    autocomplete_fields = ["countries"]


class NodeAdmin(ReferenceAdmin):
    fixed = ("code", "parent", "path")
    list_select_related = ["parent"]
    autocomplete_fields = ["parent"]
    search_fields = ["code", "search_text"]
    search_help_text = _("Code, name in any language, other words")

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False


@admin.register(Location)
class LocationAdmin(NodeAdmin):
    fixed = ("code", "level", "parent", "path")
    list_display = ["name", "code", "level", "parent"]
    list_filter = ["level"]


@admin.register(ThematicArea)
class ThematicAreaAdmin(NodeAdmin):
    list_display = ["name", "code", "parent", "hdx_sector", "source", "is_featured", "is_sensitive"]
    list_filter = ["is_featured", "is_sensitive", ("parent", admin.RelatedOnlyFieldListFilter)]


@admin.register(Strategy)
class StrategyAdmin(ReferenceAdmin):
    list_display = ["name", "code", "order", "source"]


@admin.register(StaffAssignment)
class StaffAssignmentAdmin(RuledAdmin):
    permission = "programmes.assign_staff"
    list_display = ["user", "role", "office", "region", "created_at"]
    list_filter = ["role", "region"]
    list_select_related = ["user", "office", "region"]
    search_fields = ["user__name", "user__email", "office__name"]
    autocomplete_fields = ["user", "office", "region"]

    def has_change_permission(self, request, obj=None):
        """An assignment is made and ended, never turned into another."""
        return obj is None and super().has_change_permission(request)

    def save_model(self, request, obj, form, change):
        assign_staff(obj, by=request.user)

    def delete_model(self, request, obj):
        end_assignment(obj, by=request.user)
