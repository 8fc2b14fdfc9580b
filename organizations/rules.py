"""Who may what with organizations and registrations. What the state allows stands in ``lifecycle.py``."""

import rules

from accounts.roles import MemberRole, StaffRole
from accounts.rules import only_superusers, relation, works_for_unicef

PARTNER_ROLES = frozenset(
    {
        StaffRole.REGISTRATION_OFFICER,
        StaffRole.PROGRAMME_OFFICER,
        StaffRole.PARTNERSHIP_MANAGER,
        StaffRole.HQ_EDITOR,
    }
)
"""Those who look after partners."""

# --- Sentences about a person and an organization ---------------------------------------------------------------------


@relation
def is_member(user, organization):
    return user.acts_for(organization.pk)


@relation
def is_member_administrator(user, organization):
    return user.acts_for(organization.pk, MemberRole.ADMINISTRATOR)


@relation
def is_member_who_edits(user, organization):
    return user.acts_for(organization.pk, MemberRole.ADMINISTRATOR, MemberRole.EDITOR)


@relation
def registers_for_an_office_of(user, organization):
    """Somebody who checks for an office that filled in a registration on its behalf, unless that was given up."""
    return any(user.holds(office.checked_by, office) for office in organization.filled_in_by())


@rules.predicate
def is_in_public_directory(user, organization):
    return organization is not None and type(organization)._default_manager.public().filter(pk=organization.pk).exists()


# --- Sentences about a person and a document ------------------------------------------------------------------------


@relation
def is_of_both_sides(_user, document):
    return document.audience == "both"


@relation
def is_of_the_office(_user, document):
    return document.from_office


@relation
def is_of_the_partner(_user, document):
    return not document.from_office


@relation
def edits_the_organization_of(user, document):
    return user.has_perm("organizations.change_organization", document.organization)


# --- Sentences about a person and a registration ----------------------------------------------------------------------


@relation
def checks_for_its_office(user, registration):
    """A registration officer of the office; of headquarters, a headquarters editor and nobody else (R-09)."""
    return user.holds(registration.office.checked_by, registration.office)


@relation
def is_partnership_manager(user, registration):
    return user.holds(StaffRole.PARTNERSHIP_MANAGER, registration.office)


@relation
def heads_its_office(user, registration):
    return user.holds(StaffRole.HEAD_OF_OFFICE, registration.office)


@relation
def edits_for_headquarters(user, registration):
    return user.holds(StaffRole.HQ_EDITOR, registration.office)


@relation
def works_at_its_office(user, registration):
    return user.works_at(registration.office)


@relation
def is_of_its_organization(user, registration):
    return user.acts_for(registration.organization_id)


@relation
def edits_its_organization(user, registration):
    return user.acts_for(registration.organization_id, MemberRole.ADMINISTRATOR, MemberRole.EDITOR)


@relation
def administers_its_organization(user, registration):
    return user.acts_for(registration.organization_id, MemberRole.ADMINISTRATOR)


@relation
def heads_the_desk(user, registration):
    """Who says which officer of the office checks what: the officers themselves, and those who lead the work."""
    roles = (registration.office.checked_by, StaffRole.PARTNERSHIP_MANAGER, StaffRole.HEAD_OF_OFFICE)
    return any(user.holds(role, registration.office) for role in roles)


@relation
def fills_it_in_on_behalf(user, registration):
    return registration.on_behalf and user.holds(registration.office.checked_by, registration.office)


@relation
def submitted_it(user, registration):
    return registration.submitted_by_id == user.pk


# --- Sentences about a person and an assessment -----------------------------------------------------------------------

ASSESSORS = (StaffRole.REGISTRATION_OFFICER, StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)


@relation
def assesses_for_its_office(user, assessment):
    return any(user.holds(role, assessment.office) for role in ASSESSORS)


@relation
def is_told_of_the_assessment(user, assessment):
    """Its organization reads results, and what it is asked to rate; an assessment on its way is the office's own."""
    return user.acts_for(assessment.organization_id) and assessment.is_told_to_its_organization


@relation
def decides_on_assessments(user, assessment):
    return any(
        user.holds(role, assessment.office) for role in (StaffRole.PARTNERSHIP_MANAGER, StaffRole.HEAD_OF_OFFICE)
    )


# --- Sentences about a person and an observation ---------------------------------------------------------------------


@relation
def is_told_of_it(user, observation):
    """One of the organization's people, or of a branch that inherits it (R-08), once it is told."""
    branches = observation.organization.branches.values_list("pk", flat=True)
    return observation.concerns_the_organization and any(
        user.acts_for(pk) for pk in (observation.organization_id, *branches)
    )


@relation
def may_read_its_category(user, observation):
    """Safeguarding stays with the office that wrote it and headquarters; the rest is for every office."""
    return not observation.is_safeguarding or _works_there(user, observation.office)


@relation
def looks_after_partners_there(user, observation):
    return any(post.role in PARTNER_ROLES and _covers(post, observation.office) for post in user.posts)


@relation
def is_its_author(user, observation):
    return observation.author_id == user.pk


def _works_there(user, office):
    return any(_covers(post, office) for post in user.posts)


def _covers(post, office):
    return post.is_headquarters if office is None else post.covers(office)


# --- Sentences about a person and two records that may be one ---------------------------------------------------------


@relation
def answers_for_every_office_concerned(user, pair):
    """With every office that has a registration of one of the two the person looks after partners.

    ``pair`` is a possible twin or a merge: it names its ``organizations``. Headquarters answers for all offices.
    """
    posts = [post for post in user.posts if post.role in PARTNER_ROLES]
    return all(
        any(post.covers(office) for post in posts)
        for organization in pair.organizations
        for office in organization.offices_concerned()
    )


# --- Sentences about a person and an invitation or a request to join --------------------------------------------------


@relation
def is_invited(user, invitation):
    return invitation.email.lower() in user.verified_addresses


@relation
def works_at_the_office_that_hands_over(user, invitation):
    return invitation.registration is not None and user.works_at(invitation.registration.office)


@relation
def hands_it_over(user, invitation):
    """A registration officer whose office filled in the form that the invited person is to take over."""
    return invitation.registration is not None and checks_for_its_office(user, invitation.registration)


@relation
def asked_to_join(user, request):
    return request.person_id == user.pk


# --- Sentences about a person and a saved search ----------------------------------------------------------------------


@relation
def saved_it(user, search):
    return search.owner_id == user.pk


@relation
def belongs_where_it_is_kept(user, search):
    return search.office is None or user.works_at(search.office)


@relation
def works_where_it_is_shared(user, search):
    """Somebody of the office with which it was shared, even if it is no longer used."""
    return search.state != "private" and search.office is not None and user.works_at(search.office)


@relation
def manages_its_office(user, search):
    return search.office is not None and user.holds(StaffRole.PARTNERSHIP_MANAGER, search.office)


# --- Sentences about a person and an office ---------------------------------------------------------------------------


@relation
def looks_after_partners_at(user, office):
    return any(post.role in PARTNER_ROLES and post.covers(office) for post in user.posts)


@relation
def works_at_the_office_of(user, tag):
    return user.works_at(tag.office)


# --- Sentences about a person alone -----------------------------------------------------------------------------------


@rules.predicate
def is_headquarters_editor(user):
    return bool(
        user and user.is_authenticated and any(p.role == StaffRole.HQ_EDITOR and p.is_headquarters for p in user.posts)
    )


@rules.predicate
def checks_registrations(user):
    """Somebody who checks for one office or another, and so may register an organization there on its behalf."""
    roles = {StaffRole.REGISTRATION_OFFICER, StaffRole.HQ_EDITOR}
    return works_for_unicef(user) and any(post.role in roles for post in user.posts)


@rules.predicate
def looks_after_partners(user):
    return works_for_unicef(user) and any(post.role in PARTNER_ROLES for post in user.posts)


# --- Permissions ------------------------------------------------------------------------------------------------------

rules.add_perm("organizations.view_organization", works_for_unicef | is_member | is_in_public_directory)
rules.add_perm("organizations.change_organization", is_member_who_edits | registers_for_an_office_of)
rules.add_perm("organizations.view_people", works_for_unicef | is_member)
rules.add_perm("organizations.view_capacity", works_for_unicef | is_member)
rules.add_perm("organizations.view_members", works_for_unicef | is_member)
rules.add_perm("organizations.manage_members", is_member_administrator)
rules.add_perm("organizations.add_branch", is_member_administrator)

rules.add_perm(
    "organizations.view_invitation", is_of_its_organization | is_invited | works_at_the_office_that_hands_over
)
rules.add_perm("organizations.manage_invitation", administers_its_organization | hands_it_over)
rules.add_perm("organizations.answer_invitation", is_invited)
rules.add_perm("organizations.view_join_request", administers_its_organization | asked_to_join)
rules.add_perm("organizations.answer_join_request", administers_its_organization)
rules.add_perm("organizations.withdraw_join_request", asked_to_join)

rules.add_perm("organizations.view_passport", works_for_unicef | is_member)
rules.add_perm("organizations.share_passport", is_member_administrator)

rules.add_perm("organizations.view_registration", works_at_its_office | is_of_its_organization)
rules.add_perm("organizations.change_registration", edits_its_organization | fills_it_in_on_behalf)
rules.add_perm("organizations.accept_declaration", administers_its_organization | fills_it_in_on_behalf)
rules.add_perm("organizations.submit_registration", administers_its_organization | fills_it_in_on_behalf)
rules.add_perm("organizations.withdraw_registration", administers_its_organization | fills_it_in_on_behalf)
rules.add_perm("organizations.comment_registration", works_at_its_office | is_of_its_organization)
rules.add_perm("organizations.reply_registration", administers_its_organization)
rules.add_perm("organizations.check_registration", checks_for_its_office)
rules.add_perm("organizations.assign_registration", heads_the_desk)
rules.add_perm("organizations.hand_over_registration", checks_for_its_office)
rules.add_perm("organizations.view_figures", works_for_unicef)
rules.add_perm("organizations.view_owed", works_for_unicef | is_member)
# only the own office verifies; four eyes: neither the person who sent it in on the organization's behalf nor one
# of its own people.
rules.add_perm("organizations.verify_registration", checks_for_its_office & ~submitted_it & ~is_of_its_organization)
# What harms quickly is stopped quickly, by those who work with partners every day; what ends a partner's standing is
# decided a step further up (domain §15): the head of office, or headquarters.
rules.add_perm("organizations.suspend_registration", checks_for_its_office | is_partnership_manager)
rules.add_perm(
    "organizations.reinstate_registration",
    (checks_for_its_office | is_partnership_manager | heads_its_office) & ~is_of_its_organization,
)
rules.add_perm(
    "organizations.decide_registration", (heads_its_office | edits_for_headquarters) & ~is_of_its_organization
)

# Who is one of an organization's people never reads or writes observations about it as staff.
_reads_for_unicef = works_for_unicef & may_read_its_category & ~is_of_its_organization
rules.add_perm("organizations.list_observations", works_for_unicef)
rules.add_perm("organizations.view_observation", _reads_for_unicef | is_told_of_it)
rules.add_perm("organizations.read_internal_observation", _reads_for_unicef)
rules.add_perm("organizations.add_observation", looks_after_partners_there & ~is_of_its_organization)
rules.add_perm("organizations.change_observation", is_its_author & _reads_for_unicef)
rules.add_perm("organizations.flag_observation", looks_after_partners_there & ~is_of_its_organization)
rules.add_perm("organizations.decide_flag", is_headquarters_editor & ~is_of_its_organization)
rules.add_perm("organizations.reply_observation", edits_its_organization)

# A document that UNICEF has put on record is UNICEF's to change; the organization's own are its own.
rules.add_perm("organizations.list_documents", works_for_unicef | is_member)
rules.add_perm("organizations.view_document", works_for_unicef | (is_of_its_organization & is_of_both_sides))
rules.add_perm("organizations.add_document", is_member_who_edits | registers_for_an_office_of | looks_after_partners)
rules.add_perm(
    "organizations.add_office_document", looks_after_partners & ~registers_for_an_office_of & ~is_member_who_edits
)
rules.add_perm(
    "organizations.change_document",
    (is_of_the_partner & edits_the_organization_of) | (is_of_the_office & looks_after_partners),
)

rules.add_perm("organizations.register_on_behalf", checks_registrations)

rules.add_perm("organizations.view_twins", works_for_unicef)
rules.add_perm("organizations.decide_twin", looks_after_partners)
rules.add_perm("organizations.view_merges", works_for_unicef)
# Whoever looks after partners merges records (and undoes it) that no other office relies on; across offices,
# headquarters does.
rules.add_perm("organizations.merge_organizations", looks_after_partners & answers_for_every_office_concerned)
rules.add_perm("organizations.import_data", is_headquarters_editor)

# Headquarters editors see the details of a screening, clear, and recommend; R-06: only an administrator confirms. The
# office concerned learns from its registration that names are being screened; the organization learns of a suspension,
# never what stands on the list.
rules.add_perm("organizations.view_sanctions", is_headquarters_editor)
rules.add_perm("organizations.decide_sanctions", is_headquarters_editor & ~is_of_its_organization)
rules.add_perm("organizations.confirm_sanctions", only_superusers)

# Assessments and the strengthening plan. Four eyes: whoever put the ratings forward does not make them final.
rules.add_perm("organizations.list_assessments", works_for_unicef)
rules.add_perm("organizations.view_assessments", works_for_unicef | is_member)
rules.add_perm("organizations.view_assessment", works_for_unicef | is_told_of_the_assessment)
rules.add_perm("organizations.view_plan_action", works_for_unicef | is_of_its_organization)
rules.add_perm("organizations.assess", assesses_for_its_office)
rules.add_perm("organizations.assess_oneself", edits_its_organization)
rules.add_perm("organizations.comment_assessment", works_at_its_office | is_of_its_organization)
rules.add_perm("organizations.decide_assessment", decides_on_assessments & ~submitted_it & ~is_of_its_organization)
rules.add_perm("organizations.carry_out_plan", edits_its_organization)
rules.add_perm("organizations.follow_up_plan", assesses_for_its_office)

# One's own searches are nobody else's business. What was shared is the office's: its manager looks after it as well.
_own_search = saved_it & belongs_where_it_is_kept
rules.add_perm("organizations.view_saved_search", saved_it | works_where_it_is_shared)
rules.add_perm("organizations.save_search", _own_search)
rules.add_perm("organizations.share_saved_search", _own_search)
rules.add_perm("organizations.change_saved_search", _own_search | (works_where_it_is_shared & manages_its_office))
rules.add_perm("organizations.delete_saved_search", saved_it)
rules.add_perm("organizations.follow_saved_search", _own_search | works_where_it_is_shared)

# What is done with many organizations at once, by those who look after partners; a file is for all who see the list.
rules.add_perm("organizations.work_in_bulk", looks_after_partners)
rules.add_perm("organizations.export_in_bulk", works_for_unicef)
rules.add_perm("organizations.list_tags", works_for_unicef)
rules.add_perm("organizations.view_tag", works_at_the_office_of)
rules.add_perm("organizations.tag_organizations", looks_after_partners_at)
rules.add_perm("organizations.message_partners", looks_after_partners_at)
