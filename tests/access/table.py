"""Who may make which move: one table for each kind of record, written by hand. The rules are held against it.

A move that is missing here fails the access matrix. The portal's own worker stands as WORKER, a record's author as
AUTHOR, an administrator of the portal as SUPERUSER, whoever is invited, asks to join or asked for a file as ONESELF:
they are no roles.
"""

from accounts.roles import MemberRole, StaffRole

OFFICER, PROGRAMME, MANAGER = (
    StaffRole.REGISTRATION_OFFICER,
    StaffRole.PROGRAMME_OFFICER,
    StaffRole.PARTNERSHIP_MANAGER,
)
SECRETARY, HEAD, HQ = StaffRole.REVIEW_SECRETARY, StaffRole.HEAD_OF_OFFICE, StaffRole.HQ_EDITOR
ADMINISTRATOR, EDITOR, SIGNATORY = MemberRole.ADMINISTRATOR, MemberRole.EDITOR, MemberRole.AUTHORISED_OFFICER

WORKER, AUTHOR, SUPERUSER, ONESELF = "worker", "author", "superuser", "oneself"

_PARTNERS = {OFFICER, PROGRAMME, MANAGER, HQ}  # look after partners

REGISTRATION = "organizations.registration"
DOCUMENT = "organizations.document"
TWIN = "organizations.possibletwin"
MERGE = "organizations.merge"
IMPORT = "organizations.importbatch"
OBSERVATION = "organizations.observation"
SANCTIONS = "organizations.sanctionsmatch"
ASSESSMENT = "organizations.assessment"
PLAN_ACTION = "organizations.planaction"
SAVED_SEARCH = "organizations.savedsearch"
INVITATION, JOIN_REQUEST = "organizations.invitation", "organizations.joinrequest"
AGREEMENT = "partnerships.agreement"

EXPORT = "accounts.export"

MAY: dict[str, dict[str, set[str]]] = {
    EXPORT: {
        "cancel": {ONESELF},
        "repeat": {ONESELF},
        "start": {WORKER},
        "finish": {WORKER},
        "fail": {WORKER},
        "expire": {WORKER},
    },
    REGISTRATION: {
        "submit": {ADMINISTRATOR},
        "resubmit": {ADMINISTRATOR},
        "withdraw": {ADMINISTRATOR},
        "renew": {ADMINISTRATOR},
        "leave_renewal": {ADMINISTRATOR},
        "verify": {OFFICER},
        "send_back": {OFFICER},
        "decline": {OFFICER},
        "suspend": {OFFICER, MANAGER},
        "reinstate": {OFFICER, MANAGER, HEAD},
        "delist": {HEAD, HQ},
        "relist": {HEAD, HQ},
        "reopen": {HEAD, HQ},
        "uphold": {HEAD, HQ},
        "reply": {ADMINISTRATOR},
        "hand_over": {OFFICER},
        "remind": {OFFICER},
    },
    DOCUMENT: {
        "withdraw": {ADMINISTRATOR, EDITOR},
    },
    TWIN: {
        "dismiss": _PARTNERS,
        "merge": _PARTNERS,
        "reopen": {WORKER},
    },
    MERGE: {
        "undo": _PARTNERS,
        "close": {WORKER},
    },
    IMPORT: {
        "confirm": {HQ},
        "discard": {HQ},
        "start": {WORKER},
        "finish": {WORKER},
        "fail": {WORKER},
    },
    OBSERVATION: {
        "flag": _PARTNERS,
        "escalate": _PARTNERS,
        "mark_red": {HQ},
        "defer": {HQ},
        "lift": {HQ},
        "release": {HQ},
        "reply": {ADMINISTRATOR, EDITOR},
        "invalidate": {AUTHOR},
    },
    SANCTIONS: {
        "clear": {HQ},
        "recommend": {HQ},
        "confirm": {SUPERUSER},
        "withdraw": {SUPERUSER},
        "close": {WORKER},
        "reopen": {WORKER},
    },
    ASSESSMENT: {
        "ask_organization": {OFFICER, PROGRAMME, MANAGER},
        "hand_in": {ADMINISTRATOR, EDITOR},
        "submit": {OFFICER, PROGRAMME, MANAGER},
        "send_back": {MANAGER, HEAD},
        "finalise": {MANAGER, HEAD},
        "cancel": {OFFICER, PROGRAMME, MANAGER},
        "replace": {WORKER},
    },
    PLAN_ACTION: {
        "agree": {ADMINISTRATOR, EDITOR},
        "report_done": {ADMINISTRATOR, EDITOR},
        "confirm": {OFFICER, PROGRAMME, MANAGER},
        "reopen": {OFFICER, PROGRAMME, MANAGER},
        "drop": {OFFICER, PROGRAMME, MANAGER},
    },
    SAVED_SEARCH: {
        "share": {AUTHOR},
        "retire": {AUTHOR, MANAGER},
        "restore": {AUTHOR, MANAGER},
    },
    INVITATION: {
        "accept": {ONESELF},
        "decline": {ONESELF},
        "resend": {ADMINISTRATOR},
        "withdraw": {ADMINISTRATOR},
        "expire": {WORKER},
    },
    JOIN_REQUEST: {
        "accept": {ADMINISTRATOR},
        "decline": {ADMINISTRATOR},
        "withdraw": {ONESELF},
    },
    AGREEMENT: {
        "submit": {PROGRAMME, MANAGER},
        "cancel": {PROGRAMME, MANAGER},
        "send_back": {SECRETARY, MANAGER, HEAD},
        "approve": {HEAD},
        "open_for_signature": {MANAGER},
        "record_signatures": {MANAGER},
        "sign_unicef": {HEAD},
        "sign_partner": {SIGNATORY},
        "return_unsigned": {SIGNATORY},
        "activate": {MANAGER},
        "suspend": {MANAGER},
        "resume": {MANAGER},
        "end": {MANAGER},
        "terminate": {MANAGER},
    },
}

# A registration that the office fills in for an organization is also the registration officer's to send and withdraw.
MAY_ON_BEHALF = {"submit", "resubmit", "withdraw", "renew", "leave_renewal"}

EVERYWHERE = {TWIN, MERGE}  # of records that no office has registered
HEADQUARTERS_ALONE = {  # only people at headquarters decide
    IMPORT: {"confirm", "discard"},
    SANCTIONS: {"clear", "recommend"},
    OBSERVATION: {"mark_red", "defer", "lift", "release"},
}
