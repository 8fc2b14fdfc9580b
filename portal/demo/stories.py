"""Plays the stories of ``stories.toml`` through the portal's own actions."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import Notification, User
from accounts.roles import MemberRole, StaffRole
from organizations.actions.branch import add_branch
from organizations.actions.document import add_document
from organizations.actions.organization import Profile, add_member
from organizations.actions.registration import comment_registration, save_section, start_registration
from organizations.actions.verification import answer_question
from organizations.forms import SECTION_FORMS
from organizations.forms.declaration import declaration_items
from organizations.models import Organization, Registration, VerificationQuestion
from organizations.models.registration import CORE_SECTIONS, EXTRA_SECTIONS, Section
from organizations.models.scheme import schemes
from partnerships.actions import comment_agreement, create_agreement
from partnerships.models import Agreement
from portal.demo.chapters import CHAPTERS
from portal.demo.clock import days_ago
from portal.demo.papers import paper
from portal.demo.people import HEADQUARTERS, Cast
from programmes.models import CountryOffice, Location, Strategy, ThematicArea

STORIES = tomllib.loads((Path(__file__).parent / "stories.toml").read_text())["organization"]
STILL_ASKED = {"submitted", "resubmitted", "sent_back"}  # whose office may yet ask for something to be corrected
COUNTRIES = sorted({story["country"] for story in STORIES})


_PROOF = {
    "comment": "Looked up in the register and the news; asked two offices that know it.",
    "evidence": "Copy of the certificate and the last annual report, in the office’s file.",
}


class Stage:
    """Reference rows by their codes, read once, and the cast."""

    def __init__(self) -> None:
        self.offices = {
            office.sign: office for office in CountryOffice.objects.filter(sign__in=[*COUNTRIES, HEADQUARTERS])
        }
        self.themes = {theme.code: theme for theme in ThematicArea.objects.all()}
        self.places = {place.code: place for place in Location.objects.all()}
        self.strategies = {strategy.code: strategy for strategy in Strategy.objects.all()}
        self.questions = list(VerificationQuestion.objects.filter(is_active=True))
        self.cast = Cast(self.offices)
        self.told = 0

    def tell(self, story: dict[str, Any]) -> Registration:
        """Register the organization of ``story``, as far as the story goes."""
        registration = _Registering(self, story, self.told).play()
        self.told += 1
        return registration

    def play(self) -> None:
        for story in STORIES:
            registration = self.tell(story)
            for agreement in story.get("agreements", ()):
                _Agreeing(self, registration, agreement).play()
        for play in CHAPTERS:
            play(self)
        # What was said in the past arrived in the past; only the last day's messages still wait for the worker.
        yesterday = timezone.now() - timedelta(days=1)
        Notification.objects.filter(due_at__lt=yesterday).update(sent_at=F("due_at"))


class _Registering:
    """One organization's way from the first section to the office's decision."""

    def __init__(self, stage: Stage, story: dict[str, Any], number: int) -> None:
        self.stage, self.story, self.number, self.days = stage, story, number, float(story["days"])
        self.office = stage.offices[story.get("office", story["country"])]
        self.officer = stage.cast.staff(self.office, self.office.checked_by)
        self.on_behalf = story["story"] == "on_behalf"
        self.people = self._people()
        self.writer = self.officer if self.on_behalf else self.people[MemberRole.ADMINISTRATOR]

    def play(self) -> Registration:
        with days_ago(self.days):
            registration = self._begin()
            if not self.on_behalf:
                self._invite(registration)
        sections = [*CORE_SECTIONS, *(section for section in EXTRA_SECTIONS if section.value in self.story)]
        kept = sections[:2] if self.story["story"] == "draft" else sections
        with days_ago(self.days - 0.5):
            for section in kept:
                self._fill_in(registration, section)
        return getattr(self, f"_{self.story['story']}", self._leave)(Registration.objects.get(pk=registration.pk))

    def _begin(self) -> Registration:
        """The organization's own record; a branch's is opened by the administrator of its headquarters."""
        told = {
            "office": self.office,
            "name": self.story["name"],
            "country": self.stage.places[self.story["country"]],
        }
        if "branch_of" in self.story:
            headquarters = Organization.objects.get(acronym=self.story["branch_of"], headquarters=None)
            above = User.objects.get(memberships__organization=headquarters, memberships__role=MemberRole.ADMINISTRATOR)
            registration = add_branch(headquarters, by=above, **told)
            add_member(registration.organization, by=above, email=self.writer.email, role=MemberRole.ADMINISTRATOR)
            return registration
        return start_registration(
            by=self.writer,
            on_behalf=self.on_behalf,
            name_language=self.story["language"],
            acronym=self.story.get("acronym", ""),
            cso_type=self.story["type"],
            **told,
        )

    # --- How it went on -------------------------------------------------------------------------------------------

    def _leave(self, registration: Registration) -> Registration:
        return registration

    def _submitted(self, registration: Registration) -> Registration:
        return self._move(registration, "submit", self.writer, after=1)

    _on_behalf = _submitted

    def _sent_back(self, registration: Registration) -> Registration:
        registration = self._submitted(registration)
        with days_ago(self.days - 3):
            comment_registration(
                registration,
                by=self.officer,
                text="Called the head; the certificate is being renewed.",
                audience="office",
            )
        reason = "Please add the number of the renewed certificate and the date on which it was issued."
        return self._move(registration, "send_back", self.officer, after=4, reason=reason)

    def _resubmitted(self, registration: Registration) -> Registration:
        registration = self._sent_back(registration)
        return self._move(registration, "resubmit", self.writer, after=9, reason="The renewed number is there now.")

    def _verified(self, registration: Registration) -> Registration:
        registration = self._submitted(registration)
        with days_ago(self.days - 4):
            for question in self.stage.questions:
                answer_question(registration, question, by=self.officer, answer=question.expected, **_PROOF)
        return self._move(registration, "verify", self.officer, after=6)

    def _declined(self, registration: Registration) -> Registration:
        registration = self._submitted(registration)
        reason = "The association exists to serve the business of its members, so it is not civil society in our sense."
        return self._move(registration, "decline", self.officer, after=8, reason=reason)

    def _withdrawn(self, registration: Registration) -> Registration:
        registration = self._submitted(registration)
        return self._move(registration, "withdraw", self.writer, after=5, reason="We merge with another network first.")

    # --- Its parts ------------------------------------------------------------------------------------------------

    def _move(self, registration: Registration, name: str, by: User, after: float, **told: Any) -> Registration:
        with days_ago(self.days - after):
            moved: Registration = registration.lifecycle.perform(registration, name, by=by, **told)
        return moved

    def _people(self) -> dict[MemberRole, User]:
        if self.number == 0:  # the organization whose people sign in at the demonstration
            accounts = self.stage.cast.accounts
            return {
                MemberRole.ADMINISTRATOR: accounts["partner@demo.example"],
                MemberRole.AUTHORISED_OFFICER: accounts["signs@demo.example"],
                MemberRole.EDITOR: accounts["editor@demo.example"],
                MemberRole.VIEWER: accounts["reader@demo.example"],
            }
        if self.on_behalf:
            return {}
        roles = (MemberRole.ADMINISTRATOR, MemberRole.AUTHORISED_OFFICER)
        return {
            role: self.stage.cast.person(f"{role.value}.{self.number}@demo.example", name)
            for role, name in zip(roles, self.story["people"], strict=True)
        }

    def _invite(self, registration: Registration) -> None:
        for role, person in self.people.items():
            if role != MemberRole.ADMINISTRATOR:
                add_member(registration.organization, by=self.writer, email=person.email, role=role)

    def _fill_in(self, registration: Registration, section: str) -> None:
        if section == Section.DECLARATION:
            told = {"declaration": {item["code"]: "yes" for item in declaration_items()}}
        else:
            told = {"profile": self._PROFILES[section](self)}
        if section == Section.LEGAL:
            self._bring_paper(registration)
        draft = save_section(registration, section, by=self.writer, data={}, **told)
        if self.story["story"] in STILL_ASKED:
            # As if typed into the form, so that a later answer shows what it changed and nothing else.
            form = SECTION_FORMS[section](registration=Registration.objects.get(pk=registration.pk))
            values = {bound.html_name: bound.value() for bound in form}
            draft.data = {name: _as_sent(value) for name, value in values.items() if value not in ("", None)}
            draft.save(update_fields=["data"])

    def _identity(self) -> Profile:
        fields = {"organization_category": self.story["category"]}
        return Profile(fields=fields, names=[tuple(name) for name in self.story.get("other_names", ())])

    def _legal(self) -> Profile:
        if self.story.get("informal"):
            reason = "We meet in homes and clinics; nobody asked us to register so far. The district clinic knows us."
            return Profile(
                fields={"legal_status": "informal", "no_certificate_reason": reason, "founded": self.story["founded"]}
            )
        return Profile(
            fields={"legal_status": "formal", "founded": self.story["founded"]},
            identifiers=[self._registered()],
        )

    def _who_leads(self) -> Profile:
        """Its administrator heads it, its authorised officer signs; those before them are history."""
        head, signs = (self.people.get(role) for role in (MemberRole.ADMINISTRATOR, MemberRole.AUTHORISED_OFFICER))
        today = timezone.localdate()
        terms = [
            ("head", head.name if head else "Oumar Guindo", "Director", today.replace(year=today.year - 2, day=1), None)
        ]
        if signs:
            terms.append(("authorised", signs.name, "Treasurer", today.replace(year=today.year - 3, day=1), None))
        for name, role, title, since, until in self.story.get("terms", ()):
            terms.append((role, name, title, since, until or None))
        keys = ("role", "name", "title", "since", "until")
        people = [dict(zip(keys, term, strict=True)) | {"email": ""} for term in terms]
        return Profile(fields={"email": f"office.{self.number}@demo.example"}, people=people)

    def _registered(self) -> tuple[str, str]:
        """The first register of its country that the portal knows, and a number that looks like one of its own."""
        iso2 = self.stage.places[self.story["country"]].iso2
        register = next(scheme for scheme in schemes().values() if scheme.iso2 == iso2)
        figures = cycle(str(hash_of(self.story["name"])))
        return register.code, re.sub(r"\d", lambda _figure: next(figures), register.example)

    def _bring_paper(self, registration: Registration) -> None:
        """The certificate of whoever is registered; for an informal group, the letter of somebody who knows it."""
        if self.story.get("informal"):
            told = {
                "kind": "referee_letter",
                "title": "Letter of the district clinic",
                "issuer": "District clinic, head nurse",
                "file": paper("letter.pdf", "To whom it may concern", "We have known this group for years."),
            }
        else:
            _register, number = self._registered()
            told = {
                "kind": "certificate",
                "title": "Registration certificate",
                "issuer": f"Registrar of {registration.office.name}",
                "number": number,
                "issued_on": date(self.story["founded"], 3, 1),
                "file": paper("certificate.pdf", "Certificate of registration", f"Number {number}"),
            }
        add_document(registration.organization, by=self.writer, **told)

    def _mandate(self) -> Profile:
        traits = dict.fromkeys(self.story.get("traits", ()), True)
        return Profile(
            fields={
                "mission": self.story["mission"],
                "mission_language": self.story["language"],
                "languages": self.story["languages"],
                "focus": "children",
                "populations": self.story.get("populations", ["children", "adolescents"]),
                "opd_evidence": self.story.get("opd_evidence", ""),
                "disability_expertise": self.story.get("disability_expertise", ""),
                "listed": True,
                **traits,
            },
            strategies=[self.stage.strategies[code] for code in self.story["strategies"]],
        )

    def _places(self) -> Profile:
        pairs = [line.split() for line in self.story["work"]]
        return Profile(presences=[(self.stage.themes[theme], self.stage.places[place], None) for theme, place in pairs])

    def _reach(self) -> Profile:
        told = self.story["reach"]
        return Profile(
            fields={"policy_arenas": told["arenas"], "communities": told["communities"]},
            experiences=[(self.stage.themes[code], years) for code, years in told["years"].items()],
            track_records=[(kind, what, who, year or None) for kind, what, who, year in told["records"]],
        )

    def _capacity(self) -> Profile:
        return Profile(fields=self.story["capacity"])

    _PROFILES = {
        Section.IDENTITY: _identity,
        Section.LEGAL: _legal,
        Section.PEOPLE: _who_leads,
        Section.MANDATE: _mandate,
        Section.PLACES: _places,
        Section.REACH: _reach,
        Section.CAPACITY: _capacity,
    }


class _Agreeing:
    """One agreement's way from the first draft as far as its stage."""

    def __init__(self, stage: Stage, registration: Registration, story: dict[str, Any]) -> None:
        self.stage, self.story, self.days = stage, story, float(story["days"])
        self.organization, self.office = registration.organization, registration.office
        self.drafter = stage.cast.staff(self.office, StaffRole.PROGRAMME_OFFICER)
        self.manager = stage.cast.staff(self.office, StaffRole.PARTNERSHIP_MANAGER)
        self.head = stage.cast.staff(self.office, StaffRole.HEAD_OF_OFFICE)
        self.signatory = User.objects.get(
            memberships__organization=self.organization, memberships__role=MemberRole.AUTHORISED_OFFICER
        )

    def play(self) -> None:
        today = timezone.localdate()
        start = today + timedelta(days=self.story["starts"])
        with days_ago(self.days):
            agreement = create_agreement(
                by=self.drafter,
                organization=self.organization,
                office=self.office,
                themes=[self.stage.themes[code] for code in self.story["themes"]],
                locations=[self.stage.places[code] for code in self.story["places"]],
                kind=self.story["kind"],
                title=self.story["title"],
                amount=self.story.get("amount"),
                start=start,
                end=start + timedelta(days=30 * self.story["months"]),
            )
        for name, actor, after, told in self._moves(start):
            with days_ago(max(self.days - after, 0)):
                agreement = Agreement.objects.get(pk=agreement.pk)
                agreement.lifecycle.perform(agreement, name, by=actor, **told)
        if self.story["stage"] == "in_review":
            with days_ago(self.days / 2):
                text = "The budget line for travel is clear now; thank you."
                comment_agreement(agreement, by=self.drafter, text=text)

    def _moves(self, start: Any) -> list[tuple[str, User | None, float, dict[str, Any]]]:
        """The moves up to the stage, each with who makes it and how many days after the draft."""
        active_after = self.days + self.story["starts"]  # the start date, counted from the draft
        submit = ("submit", self.drafter, 2.0, {})
        approve = ("approve", self.head, 6.0, {"reason": "Recommended by the committee."})
        opened = ("open_for_signature", self.manager, 8.0, {})
        ours, theirs = ("sign_unicef", self.head, 9.0, {}), ("sign_partner", self.signatory, 11.0, {})
        activate = ("activate", None, active_after, {})
        signed = [submit, approve, opened, ours, theirs, activate]
        why = {
            "sent_back": "The results table has no baseline for two indicators.",
            "suspended": "Insecurity: no staff can travel to the schools at present.",
            "terminated": "The association can no longer reach the kebeles and asked to stop.",
            "cancelled": "The exchange will be part of a larger memorandum.",
        }.get(self.story["stage"], "")
        last: dict[str, list[tuple[str, User | None, float, dict[str, Any]]]] = {
            "draft": [],
            "in_review": [submit],
            "sent_back": [submit, ("send_back", self.head, 5.0, {"reason": why})],
            "approved": [submit, approve],
            "awaiting_both": [submit, approve, opened],
            "awaiting_partner": [submit, approve, opened, ours],
            "active": signed,
            "suspended": [*signed, ("suspend", self.manager, active_after + 90, {"reason": why})],
            "terminated": [*signed, ("terminate", self.manager, active_after + 60, {"reason": why})],
            "ended": [*signed, ("end", None, active_after + 30 * self.story["months"] + 1, {})],
            "cancelled": [submit, ("cancel", self.drafter, 20.0, {"reason": why})],
        }
        return last[self.story["stage"]]


def hash_of(text: str) -> int:
    """Return the same number for the same text on every machine."""
    return sum(position * ord(char) for position, char in enumerate(text, start=1))


def _as_sent(value: Any) -> list[str]:
    return [str(each) for each in (value if isinstance(value, list) else [value])]
