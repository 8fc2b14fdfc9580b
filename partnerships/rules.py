"""Who may what with agreements. What the state allows stands in ``lifecycle.py``."""

import rules

from accounts.roles import MemberRole, StaffRole
from accounts.rules import relation, works_for_unicef


@relation
def works_at_its_office(user, agreement):
    return user.works_at(agreement.office)


@relation
def is_of_its_partner(user, agreement):
    return user.acts_for(agreement.organization_id)


@rules.predicate
def is_published(user, agreement):
    return agreement is not None and agreement.is_published


@rules.predicate
def is_sensitive(user, agreement):
    return agreement is not None and agreement.is_sensitive


@relation
def is_programme_officer(user, agreement):
    return user.holds(StaffRole.PROGRAMME_OFFICER, agreement.office)


@relation
def is_partnership_manager(user, agreement):
    return user.holds(StaffRole.PARTNERSHIP_MANAGER, agreement.office)


@relation
def is_review_secretary(user, agreement):
    return user.holds(StaffRole.REVIEW_SECRETARY, agreement.office)


@relation
def is_head_of_office(user, agreement):
    return user.holds(StaffRole.HEAD_OF_OFFICE, agreement.office)


@relation
def is_authorised_officer_of_partner(user, agreement):
    return user.acts_for(agreement.organization_id, MemberRole.AUTHORISED_OFFICER)


@rules.predicate
def drafts_agreements_somewhere(user):
    roles = (StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)
    return bool(user and user.is_authenticated and any(post.role in roles for post in user.posts))


_drafts = is_programme_officer | is_partnership_manager

rules.add_perm(
    "partnerships.view_agreement",
    works_at_its_office | is_of_its_partner | is_published & (works_for_unicef | ~is_sensitive),
)
rules.add_perm("partnerships.start_agreement", drafts_agreements_somewhere)
rules.add_perm("partnerships.add_agreement", _drafts)
rules.add_perm("partnerships.change_agreement", _drafts)
rules.add_perm("partnerships.submit_agreement", _drafts)
rules.add_perm("partnerships.cancel_agreement", _drafts)
rules.add_perm("partnerships.approve_agreement", is_head_of_office)
rules.add_perm("partnerships.send_back_agreement", is_head_of_office | is_review_secretary | is_partnership_manager)
rules.add_perm("partnerships.manage_agreement", is_partnership_manager)
rules.add_perm("partnerships.sign_agreement_for_unicef", is_head_of_office)
# Two sides, two people: nobody who works at the office signs for its partner.
rules.add_perm("partnerships.sign_agreement_for_partner", is_authorised_officer_of_partner & ~works_at_its_office)
rules.add_perm("partnerships.comment_agreement", works_at_its_office | is_of_its_partner)
