"""People who sign in."""

from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.roles import MemberRole, StaffRole
from portal.kit.prepared import Prepared


class UserManager(BaseUserManager):
    """Makes people known by their e-mail address."""

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class ChosenColumns(NamedTuple):
    """How a person reads one list: as a table or as rows, and with which columns, by their keys."""

    as_table: bool
    columns: list[str]


class User(AbstractUser):
    """One person, whichever offices or organizations they act for.

    What they may do follows from their posts (``staff_assignments``, kept by programmes) and memberships
    (``memberships``, kept by organizations); nothing is granted to a person directly.
    """

    username = None
    first_name = None
    last_name = None
    name = models.CharField(_("full name"), max_length=200, help_text=_("As you want colleagues to see it."))
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")

    # By the name of a list, as ChosenColumns. With the person, who is read for every page, so that it costs no query.
    chosen_columns = models.JSONField(default=dict, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_unique", violation_error_message=_("This e-mail address is taken.")
            )
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    @cached_property
    def verified_addresses(self) -> set[str]:
        """The e-mail addresses that this person has shown to be theirs, in lower case."""
        verified = self.emailaddress_set.filter(verified=True).values_list("email", flat=True) if self.is_active else []
        return {email.lower() for email in verified}

    def columns_of(self, name: str) -> ChosenColumns | None:
        """What this person has chosen for the list ``name``; None before they did."""
        kept = self.chosen_columns.get(name)
        return ChosenColumns(*kept) if kept else None

    # Whether there are any, where the person was read for a page (see PERSON); None where nobody has asked.
    has_posts: bool | None = None
    has_memberships: bool | None = None

    # --- Posts at UNICEF ------------------------------------------------------------------------------------------

    @cached_property
    def posts(self):
        """This person's posts at UNICEF, read once for each request."""
        posts = _POSTS(self.pk) if self.is_active and self.has_posts is not False else []
        for post in posts:
            post.user = self
        return posts

    @property
    def works_for_unicef(self) -> bool:
        return bool(self.posts)

    def holds(self, role: StaffRole, office) -> bool:
        """Whether this person has ``role`` at ``office``, directly, for its region or for headquarters."""
        return any(post.role == role and post.covers(office) for post in self.posts)

    def works_at(self, office) -> bool:
        """Whether any of this person's posts covers ``office``."""
        return any(post.covers(office) for post in self.posts)

    def offices_condition(self, *roles: StaffRole) -> Q:
        """The condition that a record's ``office`` is one where this person works (in one of ``roles``, if any)."""
        posts = [post for post in self.posts if not roles or post.role in roles]
        if any(post.is_headquarters for post in posts):
            return ~Q(pk__in=[])  # everything; an empty Q would vanish when joined by "or"
        offices = Q(office__in=[post.office_id for post in posts if post.office_id])
        regions = [post.region_id for post in posts if post.region_id]
        return offices | Q(office__region__in=regions) if regions else offices

    @property
    def roles_held(self) -> set[str]:
        """All that decides what this person may see, to be kept beside what was shown to them."""
        posts = {f"{post.role} {post.office_id or ''} {post.region_id or ''}" for post in self.posts}
        roles = {f"{role} of {pk}" for pk, roles in self.roles_by_organization.items() for role in roles}
        return posts | roles | ({"superuser"} if self.is_superuser else set())

    # --- Membership of organizations ------------------------------------------------------------------------------

    @cached_property
    def roles_by_organization(self) -> dict[int, set[str]]:
        """The roles held in each organization. A role at a headquarters counts in its branches, never the other way."""
        roles: dict[int, set[str]] = {}
        if self.is_active and self.has_memberships is not False:
            for organization_id, role, branch_id in _MEMBERSHIPS(self.pk):
                roles.setdefault(organization_id, set()).add(role)
                if branch_id is not None:
                    roles.setdefault(branch_id, set()).add(MemberRole(role).in_branches.value)
        return roles

    def forget_memberships(self) -> None:
        """Let them be read again: one was added since."""
        self.has_memberships = None
        self.__dict__.pop("roles_by_organization", None)

    def acts_for(self, organization_id: int, *roles: MemberRole) -> bool:
        """Whether this person is a member of the organization, in one of ``roles`` where any are named."""
        held = self.roles_by_organization.get(organization_id, set())
        return bool(held.intersection(roles) if roles else held)


def _has(relation: str) -> Exists:
    rows = User._meta.get_field(relation).related_model._base_manager  # of an app above this one
    return Exists(rows.filter(user=OuterRef("pk")))


# What every page of whoever is signed in asks. Most people have posts or memberships, and so one query less.
PERSON = Prepared(
    lambda pk: User.objects.filter(pk=pk).annotate(
        has_posts=_has("staff_assignments"), has_memberships=_has("memberships")
    )
)
_POSTS = Prepared(lambda pk: User(pk=pk).staff_assignments.select_related("office", "region").order_by("pk"))
_MEMBERSHIPS = Prepared(
    lambda pk: User(pk=pk).memberships.order_by().values_list("organization_id", "role", "organization__branches")
)


def reads_for_unicef(user: Any) -> bool:
    """Whether ``user`` (None and whoever has not signed in too) sees more than the public and their own: UNICEF staff
    and superusers do."""
    return user is not None and user.is_authenticated and (user.is_superuser or user.works_for_unicef)
