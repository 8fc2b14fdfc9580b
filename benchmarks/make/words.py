"""Names and missions out of ``words.toml``: a few words that everybody uses, and thousands that hardly anybody does."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from portal.kit.text import fold

SOURCE = Path(__file__).resolve().parent.parent / "words.toml"
PROPER_WORDS = 4000  # of each language
DRAWN_AT_ONCE = 4096


class Zipf:
    """Draws from ``choices``: the second half as often as the first, the third a third as often."""

    def __init__(self, choices: Any, rng: Random, exponent: float = 1.0) -> None:
        self.choices = list(choices)
        self.weights = list(accumulate((rank + 1) ** -exponent for rank in range(len(self.choices))))
        self.rng = rng
        self.drawn: list[Any] = []

    def draw(self) -> Any:
        if not self.drawn:
            self.drawn = self.rng.choices(self.choices, cum_weights=self.weights, k=DRAWN_AT_ONCE)
        return self.drawn.pop()


@dataclass(frozen=True)
class Phrase:
    """A text, the same folded (put together from folded parts, which is quicker), and the parts."""

    text: str
    folded: str
    parts: tuple[str, ...] = ()


@dataclass
class Language:
    """One language of ``words.toml``."""

    code: str
    said: dict[str, Any]
    rng: Random
    draws: dict[str, Zipf] = field(init=False)

    def __post_init__(self) -> None:
        kinds = {"p": self._proper_words(), "s": "subjects", "f": "forms", "a": "adjectives"}
        self.draws = {
            kind: Zipf(
                [(word, fold(word)) for word in (self.said[words] if isinstance(words, str) else words)], self.rng
            )
            for kind, words in kinds.items()
        }

    @property
    def script(self) -> str:
        return str(self.said["script"])

    @cached_property
    def countries(self) -> list[str]:
        return str(self.said["countries"]).split()

    def name(self) -> Phrase:
        return self._phrase(self._patterns.draw())

    def mission(self) -> Phrase:
        return self._phrase(self._missions.draw())

    def proper(self) -> str:
        return str(self.draws["p"].draw()[0])

    def person(self) -> str:
        return f"{self.proper()} {self.proper()}"

    @cached_property
    def _patterns(self) -> Zipf:
        return Zipf(map(_pieces, self.said["patterns"]), self.rng)

    @cached_property
    def _missions(self) -> Zipf:
        return Zipf(map(_pieces, self.said["missions"]), self.rng, exponent=0.2)

    def _phrase(self, pieces: list[tuple[str, str, str]]) -> Phrase:
        text, folded, parts = [], [], []
        for slot, written, plain in pieces:
            if slot:
                written, plain = self.draws[slot].draw()
                parts.append(written)
            text.append(written)
            folded.append(plain)
        name = "".join(text)
        return Phrase(name[:1].upper() + name[1:], " ".join("".join(folded).split()), tuple(parts))

    def _proper_words(self) -> list[str]:
        """Words of one to four syllables, each once, the short ones mostly first."""
        syllables, apart = self.said["syllables"].split(), Random(self.code)
        words: dict[str, None] = {}
        while len(words) < PROPER_WORDS:
            length = 2 + (len(words) > 50) + (len(words) > 1500 and apart.random() < 0.6)
            words["".join(apart.choices(syllables, k=length)).capitalize()] = None
        return list(words)


def _pieces(pattern: str) -> list[tuple[str, str, str]]:
    """``pattern`` in pieces: (slot, "", "") for a part to be drawn, ("", text, text folded) for what stands there."""
    pieces = []
    for piece in re.split(r"({[psfa]})", pattern):
        if piece.startswith("{"):
            pieces.append((piece[1], "", ""))
        elif piece:
            pieces.append(("", piece, _folded_between(piece)))
    return pieces


def _folded_between(piece: str) -> str:
    """What stands between two parts, folded; what is no letter parts words."""
    before, after = (" " if not edge.isalnum() else "" for edge in (piece[0], piece[-1]))
    return f"{before}{fold(piece)}{after}" if fold(piece) else " "


def languages(rng: Random) -> dict[str, Language]:
    """The languages by their code."""
    return {code: Language(code, said, rng) for code, said in tomllib.loads(SOURCE.read_text("utf-8")).items()}
