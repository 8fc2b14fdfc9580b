"""Which spellings are one organization. Sure cases become one record with other names; doubtful pairs go to a person.

Nothing here touches the database: profiles are built from whatever records exist, and the answers are plain objects.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rapidfuzz import fuzz, process

from organizations.twins.known import KnownBody, known_bodies
from organizations.twins.words import is_legal_form
from portal.kit.text import fold

# Bodies of these kinds are one record world-wide; the others belong to the country in which they were seen.
WORLDWIDE = {"international_ngo", "un_agency", "red_cross_red_crescent", "intergovernmental"}

ARTICLES = {"the", "la", "le", "les", "l", "el", "los"}
NETWORK_WORDS = {"international", "worldwide", "intl", "global"}
SPELLINGS = {"organisation": "organization", "center": "centre", "program": "programme"}

# How alike two names must be, of 100. Measured on the three OCHA files; see docs/imports.md.
SAME_WITH_ACRONYM = 88
SAME_AS_KNOWN = 78
DOUBT_ON_NAME = 90
DOUBT_ON_ACRONYM = 60
TYPING_SLIP = 75


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way in which a source writes one body. ``kind`` is a UN category, or a partner type other than cso."""

    name: str
    acronym: str
    kind: str
    country: str

    @property
    def is_bare(self) -> bool:
        """Only an acronym is known: no name, or a name that is the acronym again."""
        return not self.name or compact(self.name) == compact(self.acronym)


@dataclass(eq=False)
class Profile:
    """One organization while files are matched: an existing record (``pk``) or one that would be made."""

    kind: str
    pk: Any = None
    own: tuple[str, str] | None = None  # name and acronym of an existing record
    spelled: Counter = field(default_factory=Counter)
    countries: set[str] = field(default_factory=set)
    known: KnownBody | None = None

    @property
    def name(self) -> str:
        """The name it has, or would have: a known body's own, or the one written most often."""
        if self.own:
            return self.own[0]
        if self.known:
            return self.known.name
        named = [spelling for spelling in self.spelled if not spelling.is_bare] or list(self.spelled)
        best = max(named, key=lambda spelling: self.spelled[spelling])
        return best.name.rstrip(" ,;") or best.acronym

    @property
    def acronym(self) -> str:
        """The acronym it has, or would have; none where it would only repeat the name."""
        if self.own:
            return self.own[1]
        counted: Counter = Counter()
        for spelling, count in self.spelled.items():
            counted[spelling.acronym] += count if spelling.acronym else 0
        best = self.known.acronym if self.known else max(counted, key=lambda acronym: counted[acronym])
        return "" if fold(best) == fold(self.name) else best

    @property
    def is_worldwide(self) -> bool:
        return self.kind in WORLDWIDE


@dataclass(frozen=True)
class Doubt:
    """Two profiles that may be one organization. A person decides. ``reason`` is one of PossibleTwin.Reason."""

    first: Profile
    second: Profile
    score: int
    reason: str


class Matcher:
    """Finds the organization behind each spelling. Feed it the existing records first, then call :meth:`place`."""

    def __init__(self) -> None:
        self.profiles: list[Profile] = []
        self.doubts: dict[tuple[int, int], Doubt] = {}
        self._home: dict[Spelling, Profile] = {}
        self._by_core: dict[str, list[Profile]] = defaultdict(list)
        self._by_network: dict[str, list[Profile]] = defaultdict(list)
        self._by_acronym: dict[str, list[Profile]] = defaultdict(list)
        self._by_known: dict[str, Profile] = {}
        self._cores: dict[str, list[Profile]] = defaultdict(list)

    def add(self, profile: Profile) -> None:
        """Make an existing record known."""
        self.profiles.append(profile)
        for spelling in profile.spelled:
            self._index(profile, spelling)

    def place(self, counted: dict[Spelling, int]) -> dict[Spelling, Profile]:
        """Find or make a profile for each spelling; the often written first, bare acronyms last."""
        for spelling in sorted(counted, key=lambda one: (one.is_bare, -counted[one], one.name, one.acronym)):
            profile = self.find(spelling)
            if profile is None:
                known = self._known(spelling)
                profile = Profile(kind=known.kind if known else spelling.kind)
                self.profiles.append(profile)
                self._doubt(profile, spelling)
            if profile.pk is None and profile.kind == "unknown":
                profile.kind = spelling.kind
            profile.spelled[spelling] += counted[spelling]
            self._index(profile, spelling)
            self._home[spelling] = profile
        return {spelling: self._home[spelling] for spelling in counted}

    def find(self, spelling: Spelling) -> Profile | None:
        """The one existing profile that this spelling surely means, or None. The rules go from sure to less sure."""
        if spelling in self._home:
            return self._home[spelling]
        for rule in (self._by_known_body, self._by_same_name, self._by_network_name, self._by_acronym_and_name):
            found = {id(profile): profile for profile in rule(spelling)}
            if len(found) == 1:
                return next(iter(found.values()))
        return None

    # -- The rules ----------------------------------------------------------------------------------------------------

    def _by_known_body(self, spelling: Spelling) -> Iterable[Profile]:
        known = self._known(spelling)
        return [self._by_known[known.acronym]] if known and known.acronym in self._by_known else []

    def _by_same_name(self, spelling: Spelling) -> Iterable[Profile]:
        """The same words, whatever their case, accents, spaces or legal form; acronyms that do not speak against it."""
        for profile in self._by_core[compact(spelling.name)] if spelling.name else ():
            if _can_meet(profile, spelling) and (profile.is_worldwide or _acronyms_agree(profile, spelling)):
                yield profile

    def _by_network_name(self, spelling: Spelling) -> Iterable[Profile]:
        """“World Vision” and “World Vision International”: only where both are international."""
        if spelling.kind in WORLDWIDE:
            yield from (one for one in self._by_network[_network_core(spelling.name)] if one.is_worldwide)

    def _by_acronym_and_name(self, spelling: Spelling) -> Iterable[Profile]:
        """The same acronym and a name that differs by slips of typing only, or is missing on one side."""
        acronym = compact(spelling.acronym or spelling.name)
        for profile in self._by_acronym[acronym] if acronym else ():
            if not _can_meet(profile, spelling):
                continue
            named = [one.name for one in profile.spelled if compact(one.name) not in ("", acronym)]
            if spelling.is_bare or not named or any(_differs_by_slips(spelling.name, name) for name in named):
                yield profile

    # -- What is kept -------------------------------------------------------------------------------------------------

    def _known(self, spelling: Spelling) -> KnownBody | None:
        return known_body(spelling.name, spelling.acronym, spelling.kind)

    def _index(self, profile: Profile, spelling: Spelling) -> None:
        if spelling.country:
            profile.countries.add(spelling.country)
        entries = [(self._by_acronym, compact(spelling.acronym))]
        if spelling.name:
            entries.append((self._by_core, compact(spelling.name)))
            entries.append((self._by_network, _network_core(spelling.name)))
            entries.append((self._cores, _sorted_core(spelling.name)))
        if spelling.is_bare:
            entries.append((self._by_acronym, compact(spelling.name)))
        for index, key in entries:
            if key and profile not in index[key]:
                index[key].append(profile)
        if profile.known is None:
            profile.known = self._known(spelling)
        if profile.known:
            self._by_known.setdefault(profile.known.acronym, profile)

    def _doubt(self, profile: Profile, spelling: Spelling) -> None:
        """Note the existing profiles that resemble a new one."""
        for other in self._by_core[compact(spelling.name)] if spelling.name else ():
            reason = "same_name_other_acronym" if _can_meet(other, spelling) else "same_name_elsewhere"
            self._note(profile, other, 95 if reason == "same_name_other_acronym" else 70, reason)
        for other in self._by_acronym[compact(spelling.acronym or spelling.name)]:
            score = max((_likeness(spelling.name, one.name) for one in other.spelled if one.name), default=0)
            if _can_meet(other, spelling) and (spelling.country in other.countries or score >= DOUBT_ON_ACRONYM):
                self._note(profile, other, max(score, DOUBT_ON_ACRONYM), "same_acronym")
        if spelling.is_bare:
            return
        alike = process.extract(
            _sorted_core(spelling.name), self._cores.keys(), scorer=fuzz.ratio, score_cutoff=DOUBT_ON_NAME, limit=10
        )
        for core, likeness, _position in alike:
            for other in self._cores[core]:
                if _can_meet(other, spelling) and _could_be_one(core, _sorted_core(spelling.name)):
                    self._note(profile, other, round(likeness), "similar_name")

    def _note(self, first: Profile, second: Profile, score: int, reason: str) -> None:
        pair = (min(id(first), id(second)), max(id(first), id(second)))
        if first is not second and (pair not in self.doubts or self.doubts[pair].score < score):
            self.doubts[pair] = Doubt(first, second, score, reason)


# --- Names ------------------------------------------------------------------------------------------------------------


@cache
def _words(name: str) -> tuple[str, ...]:
    """The folded words of a name without legal form at its ends and without articles, in one spelling."""
    words = [SPELLINGS.get(word, word) for word in fold(name).replace(" e v", " ev").split()]
    while len(words) > 1 and is_legal_form(words[-1]):
        words.pop()
    while len(words) > 1 and is_legal_form(words[0]):
        words.pop(0)
    return tuple(word for word in words if word not in ARTICLES) or tuple(words)


@cache
def compact(name: str) -> str:
    """The words of a name run together, so that spaces and hyphens cannot tell two spellings apart."""
    return "".join(_words(name))


@cache
def _sorted_core(name: str) -> str:
    return " ".join(sorted(_words(name)))


def _network_core(name: str) -> str:
    """The name of an international network without “International”; empty where too little would remain."""
    words = [word for word in _words(name) if word not in NETWORK_WORDS]
    return "".join(words) if len(words) > 1 or (words and len(words[0]) > 7) else ""


def _likeness(first: str, second: str) -> int:
    return round(
        max(fuzz.ratio(compact(first), compact(second)), fuzz.ratio(_sorted_core(first), _sorted_core(second)))
    )


def _differs_by_slips(first: str, second: str) -> bool:
    """True where the words that only one name has are misspellings of those that only the other has."""
    ours, theirs = _only_in_one(first, second)
    return _likeness(first, second) >= SAME_WITH_ACRONYM and fuzz.ratio(ours, theirs) >= TYPING_SLIP


def _could_be_one(first: str, second: str) -> bool:
    """True unless each name has a word of its own: “Kaah Relief and Aid” is not “Hidig Relief and Aid”."""
    ours, theirs = _only_in_one(first, second)
    return not (ours and theirs) or fuzz.ratio(ours, theirs) >= TYPING_SLIP


def _only_in_one(first: str, second: str) -> tuple[str, str]:
    ours, theirs = Counter(_words(first)), Counter(_words(second))
    return "".join(sorted((ours - theirs).elements())), "".join(sorted((theirs - ours).elements()))


def _can_meet(profile: Profile, spelling: Spelling) -> bool:
    """Two bodies can be one if they are seen in one country, or if both are international."""
    return spelling.country in profile.countries or (profile.is_worldwide and spelling.kind in WORLDWIDE)


def _acronyms_agree(profile: Profile, spelling: Spelling) -> bool:
    theirs = {compact(one.acronym) for one in profile.spelled if one.acronym and not one.is_bare}
    ours = compact(spelling.acronym)
    return not ours or not theirs or spelling.is_bare or any(ours in one or one in ours for one in theirs)


# --- Known bodies -----------------------------------------------------------------------------------------------------


@cache
def known_body(name: str, acronym: str, kind: str) -> KnownBody | None:
    """The known body that a spelling means: by one of its names, or by its acronym where the rest does not contradict.

    Only bodies seen as international are asked for: a national partner may bear the same letters.
    """
    if kind not in WORLDWIDE:
        return None
    letters, words = compact(acronym or name), compact(name)
    for body in known_bodies():
        if any(words == compact(one) for one in body.all_names):
            return body
        if letters in {compact(one) for one in body.acronyms}:
            is_bare = not name or words == letters
            alike = max((_likeness(name, one) for one in body.all_names), default=0)
            if is_bare or alike >= SAME_AS_KNOWN or body.kind == kind == "un_agency":
                return body
    return None
