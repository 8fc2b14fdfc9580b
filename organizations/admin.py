"""Organizations, registrations and what surrounds them in the admin. Changes pass through the actions."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.admin import RecordAdmin
from organizations.actions.organization import Profile, add_member, change_profile
from organizations.models import (
    Assessment,
    AssessmentCriterion,
    AssessmentScheme,
    Document,
    Experience,
    Identifier,
    ImportBatch,
    Invitation,
    JoinRequest,
    Membership,
    Merge,
    Observation,
    OfficeHolder,
    Organization,
    OrganizationName,
    PlanAction,
    PossibleTwin,
    Registration,
    SanctionsEntry,
    SanctionsMatch,
    SavedSearch,
    Tag,
    TrackRecord,
    VerificationPolicy,
    VerificationQuestion,
)
from programmes.admin import ReferenceAdmin


class VersionedForm(forms.ModelForm):
    """Carries the version that the administrator saw, so that nobody's work is written over."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean_seen_version(self):
        seen = self.cleaned_data["seen_version"]
        if seen != self.instance.version:
            raise ValidationError(_("Somebody changed this after you opened it. Look at it again, then repeat it."))
        return seen


class ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        return True  # whoever sees the record sees what belongs to it

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class NameInline(ReadOnlyInline):
    model = OrganizationName


class IdentifierInline(ReadOnlyInline):
    model = Identifier


class MembershipInline(ReadOnlyInline):
    model = Membership


class OfficeHolderInline(ReadOnlyInline):
    model = OfficeHolder


class ExperienceInline(ReadOnlyInline):
    model = Experience


class TrackRecordInline(ReadOnlyInline):
    model = TrackRecord


@admin.register(Organization)
class OrganizationAdmin(RecordAdmin):
    form = VersionedForm
    view_permission = "organizations.view_organization"
    change_permission = "organizations.change_organization"
    list_display = ["name", "acronym", "partner_type", "cso_type", "country", "listed"]
    list_filter = ["partner_type", "cso_type", "organization_category", "listed"]
    list_select_related = ["country"]
    search_fields = ["search_text"]
    autocomplete_fields = ["headquarters", "country"]
    readonly_fields = ["source", "merged_into"]
    inlines = [
        *(NameInline, IdentifierInline, MembershipInline),
        *(OfficeHolderInline, ExperienceInline, TrackRecordInline),
    ]

    def save_model(self, request, obj, form, change):
        changed = {name: form.cleaned_data[name] for name in form.changed_data if name != "seen_version"}
        strategies = changed.pop("strategies", None)
        change_profile(
            obj,
            Profile(fields=changed, strategies=strategies),
            by=request.user,
            expected_version=form.cleaned_data["seen_version"],
        )


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    """Members are added here to help an organization that has lost its administrator; its own people do the rest."""

    view_permission = "organizations.manage_members"
    list_display = ["user", "organization", "role", "since"]
    list_filter = ["role"]
    list_select_related = ["user", "organization"]
    search_fields = ["user__email", "user__name", "organization__search_text"]
    autocomplete_fields = ["user", "organization"]
    fields = ["organization", "user", "role"]

    def has_add_permission(self, request):
        return request.user.has_perm(self.view_permission)

    def save_model(self, request, obj, form, change):
        obj.pk = add_member(obj.organization, by=request.user, email=obj.user.email, role=obj.role).pk


@admin.register(Invitation)
class InvitationAdmin(RecordAdmin):
    view_permission = "organizations.view_invitation"
    list_display = ["email", "organization", "role", "state", "lapses_at"]
    list_filter = ["state", "role"]
    list_select_related = ["organization"]
    search_fields = ["email", "organization__search_text"]
    readonly_fields = ["state", "state_since"]


@admin.register(JoinRequest)
class JoinRequestAdmin(RecordAdmin):
    view_permission = "organizations.view_join_request"
    list_display = ["person", "organization", "role", "state", "state_since"]
    list_filter = ["state", "role"]
    list_select_related = ["person", "organization"]
    search_fields = ["person__email", "called", "organization__search_text"]
    readonly_fields = ["state", "state_since"]


@admin.register(Registration)
class RegistrationAdmin(RecordAdmin):
    """Read here; filled in, checked and moved on the portal's own pages."""

    view_permission = "organizations.view_registration"
    list_display = ["organization", "office", "state", "state_since", "on_behalf"]
    list_filter = ["state", "on_behalf", "office__region"]
    list_select_related = ["organization", "office"]
    search_fields = ["organization__search_text", "office__name"]
    readonly_fields = ["state", "state_since", "version", "created_at"]


@admin.register(VerificationQuestion)
class VerificationQuestionAdmin(ReferenceAdmin):
    """The questions that an office answers before it verifies. One that is no longer asked is switched off."""

    list_display = ["code", "order", "text", "expected", "needs_comment", "needs_evidence", "is_active"]


@admin.register(VerificationPolicy)
class VerificationPolicyAdmin(ReferenceAdmin):
    """How long a verification holds, when its end is called to mind, how long there is to reply (R-05)."""

    fixed = ("office",)
    list_display = ["__str__", "years_valid", "reminder_days", "renewal_opens_days", "reply_days", "target_days"]
    list_select_related = ["office"]


@admin.register(PossibleTwin)
class PossibleTwinAdmin(RecordAdmin):
    view_permission = "organizations.decide_twin"
    list_display = ["first", "second", "score", "reason", "state"]
    list_filter = ["state", "reason"]
    list_select_related = ["first", "second"]
    readonly_fields = ["state", "state_since"]


@admin.register(Observation)
class ObservationAdmin(RecordAdmin):
    """What was written is read on the portal's own page, which knows who may."""

    view_permission = "organizations.view_observation"
    list_display = ["organization", "category", "state", "state_since", "office"]
    list_filter = ["state", "category"]
    list_select_related = ["organization", "office"]
    search_fields = ["organization__search_text"]
    readonly_fields = ["state", "state_since"]
    exclude = ["text", "author", "document"]


@admin.register(Merge)
class MergeAdmin(RecordAdmin):
    view_permission = "organizations.view_merges"
    list_display = ["kept", "merged", "merged_by", "created_at", "state"]
    list_filter = ["state"]
    list_select_related = ["kept", "merged", "merged_by"]
    readonly_fields = ["state", "state_since", "version", "created_at", "counts"]


@admin.register(SanctionsEntry)
class SanctionsEntryAdmin(RecordAdmin):
    """Read here; the list is brought as a file."""

    view_permission = "organizations.view_sanctions"
    list_display = ["reference", "name", "kind", "list_type", "listed_on", "removed_at"]
    list_filter = ["kind", "list_type"]
    search_fields = ["reference", "name", "original_name"]


@admin.register(SanctionsMatch)
class SanctionsMatchAdmin(RecordAdmin):
    view_permission = "organizations.view_sanctions"
    list_display = ["name", "listed_name", "organization", "subject", "score", "state"]
    list_filter = ["state", "subject"]
    list_select_related = ["organization", "entry"]
    search_fields = ["name", "listed_name", "entry__reference"]
    readonly_fields = ["state", "state_since"]


@admin.register(SavedSearch)
class SavedSearchAdmin(RecordAdmin):
    view_permission = "organizations.view_saved_search"
    list_display = ["name", "owner", "office", "state", "created_at"]
    list_filter = ["state"]
    list_select_related = ["owner", "office"]
    search_fields = ["name", "owner__name"]
    readonly_fields = ["state", "state_since", "query", "owner"]


@admin.register(Tag)
class TagAdmin(RecordAdmin):
    view_permission = "organizations.view_tag"
    list_display = ["label", "office", "created_at"]
    list_select_related = ["office"]
    search_fields = ["label"]


@admin.register(ImportBatch)
class ImportBatchAdmin(RecordAdmin):
    view_permission = "organizations.import_data"
    list_display = ["file_name", "kind", "layout", "state", "created_by", "created_at"]
    list_filter = ["state", "kind", "layout"]
    list_select_related = ["created_by"]
    readonly_fields = ["state", "state_since"]
    exclude = ["file", "rejects"]  # private; the portal's own page hands out what may be read


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    """The facts alone: the portal's own page hands out the files."""

    view_permission = "organizations.view_document"
    ordering = ["-pk"]
    list_display = ["title", "kind", "organization", "issuer", "expires_on", "audience", "state"]
    list_filter = ["kind", "state", "audience"]
    list_select_related = ["organization"]
    search_fields = ["title", "number", "organization__search_text"]


@admin.register(AssessmentScheme)
class AssessmentSchemeAdmin(ReferenceAdmin):
    """How the points of each kind of assessment become a rating, and for how many years it is good."""

    fixed = ("kind",)
    list_display = ["kind", "rule", "medium_from", "significant_from", "high_from", "years_valid"]


@admin.register(AssessmentCriterion)
class AssessmentCriterionAdmin(ReferenceAdmin):
    """What assessments look at. One that is no longer asked is switched off."""

    fixed = ("kind", "code")
    list_display = ["kind", "code", "order", "text", "is_active"]
    list_filter = ["kind"]


@admin.register(Assessment)
class AssessmentAdmin(RecordAdmin):
    view_permission = "organizations.view_assessment"
    list_display = ["organization", "kind", "office", "state", "rating", "valid_until"]
    list_filter = ["kind", "state", "rating"]
    list_select_related = ["organization", "office"]
    readonly_fields = ["state", "state_since", "score", "rating", "valid_until"]


@admin.register(PlanAction)
class PlanActionAdmin(RecordAdmin):
    view_permission = "organizations.view_plan_action"
    list_display = ["text", "organization", "office", "state", "due_on"]
    list_filter = ["state"]
    list_select_related = ["organization", "office"]
    readonly_fields = ["state", "state_since"]
