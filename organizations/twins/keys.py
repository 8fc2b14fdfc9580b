"""Keys under which a name is looked up. Names that may be one share a key; the score then judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from organizations.models.twin import NUMBER, OWN_NAME
from organizations.twins.known import bodies_called
from organizations.twins.names import LONGEST_ACRONYM, Name, parse
from organizations.twins.numbers import plain
from organizations.twins.script import skeleton, transliterated
from organizations.twins.words import COMMON, FORM, NETWORK

LONGEST = 60
COMMON_WORDS = 5  # of a name; pairs of them are keys
PIECE = 4  # letters at the beginning and the end of a word, where a slip in the rest does no harm


def number_key(value: str) -> str:
    """The key of a registration number, whatever its register is called and however it is spaced."""
    return f"{NUMBER}{plain(value)}"[:LONGEST]


def keys_of(names: Iterable[str], numbers: Iterable[str] = ()) -> set[str]:
    """Return every key of an organization that bears ``names`` (its own first, acronyms among them) and ``numbers``."""
    names = [name for name in names if name]
    keys = {key[:LONGEST] for name in names for key in _keys(parse(name))}
    if names and (own := parse(names[0]).compact):
        keys.add(f"{OWN_NAME}{own}"[:LONGEST])
    return keys | {number_key(number) for number in numbers}


def _keys(name: Name) -> Iterator[str]:
    if not name.words:
        return
    yield f"={name.compact}"
    yield f"m:{' '.join(name.meaning)}"
    yield from (f"k:{body}" for body in bodies_called(name.compact, bare=name.may_be_acronym))
    letters = name.acronyms | name.initials
    if len(name.letters) <= LONGEST_ACRONYM:
        letters |= {name.letters}
    yield from (f"a:{each}" for each in letters if len(each) <= LONGEST_ACRONYM)
    common = sorted({word.means for word in name.core if word.kind == COMMON})[:COMMON_WORDS]
    yield from (f"c:{one}+{other}" for one, other in combinations(common, 2))
    yield from (f"c:{one}" for one in common if len(common) == 1)
    for word in name.core:
        if word.kind in (COMMON, FORM, NETWORK):
            continue
        latin = transliterated(word.means)
        yield f"o:{skeleton(latin) or latin}"
        if len(latin) > PIECE + 1:
            yield f"h:{latin[:PIECE]}"
            yield f"t:{latin[-PIECE:]}"
