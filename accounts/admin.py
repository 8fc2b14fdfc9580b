"""Accounts, the trail and the outbox in the admin, and how every record of the portal is shown there."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actions import change_account, open_account, remove_authenticator, retry_notifications
from accounts.models import AuditEvent, Export, Notification, User

admin.site.site_header = admin.site.site_title = _("Partnership Portal: administration")
admin.site.login = secure_admin_login(admin.site.login)  # by the portal's own door: second step, limits on guessing
admin.site.unregister(Group)  # what people may do follows from roles; nothing is granted by group
admin.site.unregister(EmailAddress)  # people change and confirm their own
admin.site.unregister(Authenticator)  # replaced below: the stock page shows and changes the secrets


class RecordAdmin(admin.ModelAdmin):
    """A record as the portal's own rules show it: read, changed by an action where there is one, never deleted.

    ``view_permission`` and ``change_permission`` are asked of each record; without the second nobody changes it here.
    State is no field of any form. The moves stand on top of the page and lead to the portal's own pages.
    """

    view_permission = ""
    change_permission = ""
    change_form_template = "admin/record_change_form.html"
    list_per_page = 20  # as the portal’s own lists
    show_full_result_count = False  # nobody waits for the count of a million to read beside what is found

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        # Of the list nobody asks: it holds what visible_to gives.
        if obj is None and hasattr(self.model._default_manager, "visible_to"):
            return request.user.is_active and request.user.is_staff
        return request.user.has_perm(self.view_permission, obj)

    def has_change_permission(self, request, obj=None):
        return bool(self.change_permission and obj is not None and request.user.has_perm(self.change_permission, obj))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def moves(self, request, obj):
        """The moves that this administrator may make now, each with the page where it is made."""
        offers = obj.lifecycle.offers(obj, request.user) if hasattr(obj, "lifecycle") else []
        return [(offer, obj.transition_url(offer.transition.name)) for offer in offers]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["moves"] = self.moves(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_related(self, request, form, formsets, change):
        """Nothing: the action that ``save_model`` calls writes the relations as well."""

    def construct_change_message(self, request, form, formsets, add=False):
        return super().construct_change_message(request, form, [], add)  # the inlines are for reading


@admin.register(User)
class UserAdmin(RecordAdmin):
    """People. Roles are given where they belong: posts in programmes, membership in organizations."""

    view_permission = change_permission = "accounts.administer_accounts"
    list_display = ["email", "name", "language", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "language"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    fields = ["email", "name", "language", "is_active", "is_staff", "is_superuser", "last_login", "date_joined"]
    readonly_fields = ["last_login", "date_joined"]

    def has_add_permission(self, request):
        return request.user.has_perm("accounts.administer_accounts")

    def lookup_allowed(self, lookup, value, request):
        """Let no address of the list guess at a password's hash, letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request, obj=None):
        # The address is what people sign in with and have confirmed; they change it themselves.
        return [*self.readonly_fields, "email"] if obj else self.readonly_fields

    def save_model(self, request, obj, form, change):
        if change:
            change_account(obj, by=request.user, **{name: form.cleaned_data[name] for name in form.changed_data})
        else:
            obj.pk = open_account(by=request.user, **form.cleaned_data).pk


@admin.register(Authenticator)
class AuthenticatorAdmin(RecordAdmin):
    """Second steps and passkeys, without their secrets; removed for somebody who has lost theirs."""

    view_permission = "accounts.administer_accounts"
    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_delete_permission(self, request, obj=None):
        return obj is not None and request.user.has_perm(self.view_permission, obj)

    def delete_model(self, request, obj):
        remove_authenticator(obj, by=request.user)


class WordsInUse(admin.AllValuesFieldListFilter):
    """The values that a column has, looked for no more often than every few minutes: that reads all rows."""

    SECONDS = 300

    def __init__(self, field, request, params, model, model_admin, field_path):
        super().__init__(field, request, params, model, model_admin, field_path)
        column = f"{model._meta.label_lower}.{field_path}"
        rows = self.lookup_choices
        self.lookup_choices = caches["memory"].get_or_set(f"words-in-use:{column}", lambda: list(rows), self.SECONDS)


@admin.register(AuditEvent)
class AuditEventAdmin(RecordAdmin):
    view_permission = "accounts.administer_accounts"
    list_display = ["at", "actor_label", "action", "subject_label", "from_state", "to_state"]
    ordering = ["-pk"]
    # No date_hierarchy: it reads the whole trail for the years that there are.
    list_filter = ["at", ("subject_type", WordsInUse), ("action", WordsInUse)]
    search_fields = ["subject_label", "actor_label", "reason"]


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    """Files of lists: who asked for which, and what became of it."""

    view_permission = "accounts.view_export"
    list_display = ["title", "user", "format", "state", "rows_done", "created_at", "expires_at"]
    list_filter = ["state", "format"]
    list_select_related = ["user"]
    search_fields = ["title", "user__email", "user__name"]
    exclude = ["file"]


class GivenUp(admin.SimpleListFilter):
    title = _("given up")
    parameter_name = "given_up"

    def lookups(self, request, model_admin):
        return [("yes", _("Given up after %(tries)s tries") % {"tries": Notification.TRIES}), ("no", _("All others"))]

    def queryset(self, request, queryset):
        failed = Notification.objects.failed()
        match self.value():
            case "yes":
                return queryset.filter(pk__in=failed)
            case "no":
                return queryset.exclude(pk__in=failed)
        return queryset


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    """The outbox: what is due, what was sent, and what could not be."""

    view_permission = "accounts.administer_accounts"
    ordering = ["-pk"]
    list_display = ["subject", "to", "due_at", "sent_at", "attempts", "error"]
    list_filter = [GivenUp]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "address", "subject", "key"]
    actions = ["try_again"]

    @admin.action(description=_("Try to send again"), permissions=["view"])
    def try_again(self, request, queryset):
        count = retry_notifications(queryset, by=request.user)
        words = ngettext("%(count)s message will be tried again.", "%(count)s messages will be tried again.", count)
        self.message_user(request, words % {"count": count}, messages.SUCCESS)
