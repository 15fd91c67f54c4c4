"""Whom a text names: `@` and a member's name or id, `@all`, `@here`. Found by the hub, so that all clients agree.

Pure. An `@` counts at the beginning of a word, outside of code (fences and spans, as CommonMark 0.31 has them; sections
4.5 and 6.1). The longest name that fits holds, so that `@Ada Lovelace` is not `@Ada`; names are compared as
`names.plain` does it. Behind the first LOOKED_AT `@` of a text nobody is looked for. Never decides who may call
everybody: `posting` asks the policy.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from msgspec import Struct

from nbchat.protocol.messages import Mention, Person

from .names import plain

ALL, HERE = "all", "here"
"""The words for everybody, and for everybody who is online now. No name beats them."""
LOOKED_AT = 200
"""Places of a text where a name is looked for: four times as many as it may name, and a bounded cost for the hub."""
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_TICKS = re.compile(r"`+")


class Found(Struct, frozen=True):
    """What a text has: people by name, and the words that call everybody, as they were written."""

    people: list[Mention]
    all: str | None
    here: str | None


@dataclass
class Names:
    """The names and ids of a conversation's members, ready to be looked up.

    Brought up to date by `update`, which costs a comparison for each member and more only for those who have changed.
    """

    _people: dict[str, Person] = field(default_factory=dict)
    _users: dict[str, list[str]] = field(default_factory=dict)
    _sorted: list[str] = field(default_factory=list)

    def update(self, members: Mapping[str, Person]) -> None:
        """Take over who is a member, and under which name, now."""
        for id in [id for id in self._people if id not in members]:
            self._drop(self._people.pop(id))
        for id, person in members.items():
            had = self._people.get(id)
            if had is person:
                continue
            if had is None or had.name != person.name:
                if had is not None:
                    self._drop(had)
                self._add(person)
            self._people[id] = person

    def __contains__(self, name: str) -> bool:
        """Whether somebody has this name or id."""
        return name in self._users

    def begins(self, start: str) -> bool:
        """Whether a name or id begins so."""
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)

    def user(self, name: str) -> str | None:
        """Return whose name or id this is; of several people, who has it as id, or else the first by id."""
        users = self._users.get(name)
        if not users:
            return None
        return min(users, key=lambda id: (plain(id) != name, id))

    def _add(self, person: Person) -> None:
        for name in {plain(person.name), plain(person.id)}:
            if name not in self._users:
                self._users[name] = []
                insort(self._sorted, name)
            self._users[name].append(person.id)

    def _drop(self, person: Person) -> None:
        for name in {plain(person.name), plain(person.id)}:
            self._users[name].remove(person.id)
            if not self._users[name]:
                del self._users[name]
                del self._sorted[bisect_left(self._sorted, name)]


def find(text: str, names: Names) -> Found:
    """Return whom a text names, each person and word once, in order.

    Args:
        text: as it was written, in Markdown.
        names: of the members, up to date.

    Returns:
        What the first LOOKED_AT `@` of the text name.

    Example:
        >>> names = Names()
        >>> names.update({"ada": Person("ada", "Ada Lovelace")})
        >>> find("ask @ada lovelace, not `@ada`", names).people
        [Mention(user='ada', word='@ada lovelace')]
    """
    people: dict[Mention, None] = {}
    calls: dict[str, str] = {}
    looked = 0
    if "@" not in text:
        return Found([], None, None)
    for part in _prose(text):
        if "@" not in part:
            continue
        folded = _Folded(part)
        at = -1
        while (at := part.find("@", at + 1)) >= 0:
            if at and (part[at - 1] == "@" or (part[at - 1] != "_" and _in_word(part[at - 1]))):
                continue
            looked += 1
            if looked > LOOKED_AT:
                break
            name, end = folded.longest_name(at + 1, names)
            if name in (ALL, HERE):
                calls.setdefault(name, part[at:end])
            elif name is not None and (user := names.user(name)) is not None:
                people[Mention(user, part[at:end])] = None
    return Found(list(people), calls.get(ALL), calls.get(HERE))


class _Folded:
    """A text as names are compared, with the way back to where each piece stands in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: list[str] = []
        self._ends: list[int] = []
        self._at: dict[int, int] = {}
        for position, piece in enumerate(_clusters(text)):
            self._at[self._ends[-1] if position else 0] = position
            self._pieces.append(_fold(piece))
            self._ends.append((self._ends[-1] if position else 0) + len(piece))

    def longest_name(self, start: int, names: Names) -> tuple[str | None, int]:
        """Return the longest name that begins at this index of the text, and where it ends there."""
        first = self._at.get(start)
        if first is None:
            return None, start
        best: tuple[str | None, int] = None, start
        name = ""
        for position in range(first, len(self._pieces)):
            piece = self._pieces[position]
            name += piece if not (piece == " " and name.endswith(" ")) else ""
            if not (names.begins(name) or ALL.startswith(name) or HERE.startswith(name)):
                break
            end = self._ends[position]
            if (name in (ALL, HERE) or name in names) and self._is_whole(end):
                best = name, end
        return best

    def _is_whole(self, end: int) -> bool:
        """Whether no word goes on at this index; what only closes emphasis (`_@ada_`) is none."""
        rest = self._text[end : end + 2]
        return not _in_word(rest[:1] or " ") or (rest[0] == "_" and not _in_word(rest[1:] or " "))


def _clusters(text: str) -> Iterable[str]:
    """Cut a text into characters with the marks that combine with them, because they are compared together."""
    begin = 0
    for index in range(1, len(text)):
        if not (text[index] >= "\u0300" and unicodedata.category(text[index])[0] == "M"):
            yield text[begin:index]
            begin = index
    yield text[begin:]


@lru_cache(maxsize=4_096)
def _fold(piece: str) -> str:
    if piece in "\r\n":
        return "\n"  # in no name: one does not go on in the next line
    if piece.isspace():
        return " "
    return plain(f"a{piece}a")[1:-1]  # between letters, because what stands at an end may be trimmed


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


# ----------------------------------------------------------------------------------------------------------------- code


def _prose(text: str) -> Iterable[str]:
    """Return the parts of a text that are no code."""
    if "`" not in text and "~" not in text:
        return [text]
    return [part for paragraph in _paragraphs(text) for part in _outside_spans(paragraph)]


def _paragraphs(text: str) -> Iterable[str]:
    """Return what is not fenced, cut at blank lines, over which no span of code reaches."""
    fence, lines = "", list[str]()
    for line in text.split("\n"):
        opening = _FENCE.match(line)
        if fence:
            closes = opening is not None and opening[1].startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
        elif opening is not None or not line.strip():
            yield "\n".join(lines)
            lines = []
            fence = opening[1] if opening is not None else ""
        else:
            lines.append(line)
    yield "\n".join(lines)


def _outside_spans(text: str) -> Iterable[str]:
    """Return what stands between spans of code: from a run of backticks to the next one that is as long."""
    runs = [match.span() for match in _TICKS.finditer(text)]
    later: dict[int, list[int]] = {}
    for index, (begin, end) in enumerate(runs):
        later.setdefault(end - begin, []).append(index)
    done, index = 0, 0
    while index < len(runs):
        begin, end = runs[index]
        escaped = (len(text[:begin]) - len(text[:begin].rstrip("\\"))) % 2 == 1
        same = later[end - begin]
        while same and same[0] <= index:
            same.pop(0)
        if same and not escaped:
            yield text[done:begin]
            index = same[0]
            done = runs[index][1]
        index += 1
    yield text[done:]
