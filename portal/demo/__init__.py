"""The demonstration: who signs in as whom. These people and organizations are made up."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.roles import MemberRole, StaffRole

PASSWORD = "see-how-it-works"  # noqa: S105 – printed on the sign-in page of the demonstration


class DemoAccount(NamedTuple):
    email: str
    name: str
    role: object
    password: str = PASSWORD


DEMO_ACCOUNTS = [
    DemoAccount("registration@demo.example", "Nodira Rashidova", StaffRole.REGISTRATION_OFFICER.label),
    DemoAccount("programme@demo.example", "Nadia Karimova", StaffRole.PROGRAMME_OFFICER.label),
    DemoAccount("manager@demo.example", "Timur Yuldashev", StaffRole.PARTNERSHIP_MANAGER.label),
    DemoAccount("secretary@demo.example", "Laylo Saidova", StaffRole.REVIEW_SECRETARY.label),
    DemoAccount("reviewer@demo.example", "Bobur Ismoilov", StaffRole.REVIEWER.label),
    DemoAccount("head@demo.example", "Rustam Ahmadov", StaffRole.HEAD_OF_OFFICE.label),
    DemoAccount("viewer@demo.example", "Elena Kim", StaffRole.VIEWER.label),
    DemoAccount("hq@demo.example", "Ingrid Solheim", StaffRole.HQ_EDITOR.label),
    DemoAccount("partner@demo.example", "Inqilob Tosheva", MemberRole.ADMINISTRATOR.label),
    DemoAccount("signs@demo.example", "Sherzod Nazarov", MemberRole.AUTHORISED_OFFICER.label),
    DemoAccount("editor@demo.example", "Malika Umarova", MemberRole.EDITOR.label),
    DemoAccount("reader@demo.example", "Jasur Qodirov", _("Viewer of an organization")),
    DemoAccount("new@demo.example", "Amina Diallo", _("Somebody who has not registered an organization yet")),
    DemoAccount("admin@demo.example", "Portal Administrator", _("System administrator")),
]
