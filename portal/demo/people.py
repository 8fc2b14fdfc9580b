"""The people of the demonstration and their roles."""

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.roles import StaffRole
from portal.demo import DEMO_ACCOUNTS, PASSWORD
from programmes.models import CountryOffice, StaffAssignment

HEADQUARTERS = "UHQ"
HOME = "UZB"  # the country whose office has a person for every role
_AT_HOME = {
    "registration@demo.example": StaffRole.REGISTRATION_OFFICER,
    "programme@demo.example": StaffRole.PROGRAMME_OFFICER,
    "manager@demo.example": StaffRole.PARTNERSHIP_MANAGER,
    "secretary@demo.example": StaffRole.REVIEW_SECRETARY,
    "reviewer@demo.example": StaffRole.REVIEWER,
    "head@demo.example": StaffRole.HEAD_OF_OFFICE,
    "viewer@demo.example": StaffRole.VIEWER,
}
_ELSEWHERE = (
    StaffRole.REGISTRATION_OFFICER,
    StaffRole.PROGRAMME_OFFICER,
    StaffRole.PARTNERSHIP_MANAGER,
    StaffRole.HEAD_OF_OFFICE,
)


class Cast:
    """Makes the people and finds them again: ``cast.staff(office, role)``."""

    def __init__(self, offices: dict[str, CountryOffice]) -> None:
        self._secret = make_password(PASSWORD)  # hashed once: a slow hash for each person would cost seconds
        self._posts: dict[tuple[int, str], User] = {}
        self.accounts = {account.email: self.person(account.email, account.name) for account in DEMO_ACCOUNTS}
        administrator = self.accounts["admin@demo.example"]
        administrator.is_staff = administrator.is_superuser = True
        administrator.save()
        StaffAssignment.objects.create(user=self.accounts["hq@demo.example"], role=StaffRole.HQ_EDITOR)
        for sign, office in offices.items():
            if sign == HEADQUARTERS:
                self._posts[office.pk, StaffRole.HQ_EDITOR] = self.accounts["hq@demo.example"]
            elif sign == HOME:
                for email, role in _AT_HOME.items():
                    self._post(self.accounts[email], office, role)
            else:
                for role in _ELSEWHERE:
                    person = self.person(f"{role.value}.{sign.lower()}@demo.example", f"{role.label}, {office.name}")
                    self._post(person, office, role)

    def person(self, email: str, name: str, language: str = "en") -> User:
        person = User.objects.create(email=email, name=name, language=language, password=self._secret)
        person.emailaddress_set.create(email=email, verified=True, primary=True)
        return person

    def staff(self, office: CountryOffice, role: StaffRole) -> User:
        return self._posts[office.pk, role]

    def _post(self, person: User, office: CountryOffice, role: StaffRole) -> None:
        StaffAssignment.objects.create(user=person, office=office, role=role)
        self._posts[office.pk, role] = person
