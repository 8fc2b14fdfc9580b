"""Messages about assessments and the actions of strengthening plans."""

from accounts.roles import StaffRole
from organizations.emails.people import people_of, staff_of, tell


def assessment_moved(assessment, occasion, reason):
    """The organization's administrators and editors: asked to rate yourselves, or the result is there."""
    people, key = people_of(assessment.organization_id), f"{occasion}:{assessment.version}"
    tell(people, "assessment-moved", assessment, key, occasion=occasion, reason=reason)


def assessment_handed_in(assessment):
    """The assessor: the organization has rated itself."""
    tell([assessment.created_by], "assessment-handed-in", assessment, f"handed-in:{assessment.version}")


def assessment_lapses(assessment):
    """Whoever made it: its rating lapses soon. Once."""
    tell([assessment.created_by], "assessment-lapses", assessment, "lapses")


def plan_action_done(action, reason):
    """The office's programme officers and partnership managers: the organization says that it is done."""
    people = staff_of(action.office_id, StaffRole.PROGRAMME_OFFICER, StaffRole.PARTNERSHIP_MANAGER)
    _tell_of_action(people, action, "done", reason=reason)


def plan_action_reopened(action, reason):
    """The organization: something is still missing."""
    _tell_of_action(people_of(action.organization_id), action, "reopened", reason=reason)


def plan_action_due(action):
    """The organization: it is due soon, and once more when it is overdue."""
    occasion = "overdue" if action.is_overdue else "due"
    _tell_of_action(people_of(action.organization_id), action, occasion, number=action.due_on)


def _tell_of_action(people, action, occasion, number=None, **context):
    key = f"{occasion}:{number or action.version}"
    tell(people, "plan-action", action, key, action=action, occasion=occasion, **context)
