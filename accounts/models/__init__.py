from accounts.models.audit import AuditEvent
from accounts.models.base import Recorded, Stateful
from accounts.models.export import Export
from accounts.models.job import JobRun
from accounts.models.outbox import Addressee, Notification
from accounts.models.token import ApiToken
from accounts.models.user import User, reads_for_unicef

__all__ = [
    "Addressee",
    "ApiToken",
    "AuditEvent",
    "Export",
    "JobRun",
    "Notification",
    "Recorded",
    "Stateful",
    "User",
    "reads_for_unicef",
]
