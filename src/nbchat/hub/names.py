"""What people and conversations may be called.

Pure. The hub's rename, its channels, and the hosts' question for a name use the same rules. `BadName.why` completes the
sentence "… cannot be used as a name: …".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from nbchat.protocol.codes import visible
from nbchat.protocol.limits import NAME_CHARS, TITLE_CHARS
from nbchat.protocol.messages import Person

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners: Persian words and many emoji need them."""
_LOOKALIKES = str.maketrans("аеорсухіјѕһԁԛԝαινορυօսıɑɡ", "aeopcyxijshdqwaivopuouiag")
"""Small letters of Cyrillic, Greek, Armenian and phonetics that look like a Latin one in every font (Unicode Technical
Standard #39, confusables.txt). One for one, because mentions count characters. Letters that look alike only as capitals
are not among them: "Том" and "Tom" are two people."""
_IN_HANDLES = "letters, digits, “-”, “_”, “.”"
_SPACES = re.compile(r"\s+")


class BadName(ValueError):
    """This cannot be a name; `why` says the reason in a few words."""

    def __init__(self, name: str, why: str) -> None:
        """Keep the name as it was given, cut to what an error may show."""
        super().__init__(f"“{visible(name[:NAME_CHARS])}” cannot be used as a name: {why}")
        self.name, self.why = name[:NAME_CHARS], why


def clean_name(name: str) -> str:
    """Return the display name with its spaces tidied.

    Raises:
        BadName: it is empty, too long, or has characters that do not show or that turn the direction of writing.
    """
    return _clean(name, NAME_CHARS)


def clean_title(title: str) -> str:
    """Return the title of a conversation with its spaces tidied.

    Raises:
        BadName: as for `clean_name`, with another length.
    """
    return _clean(title, TITLE_CHARS)


def clean_line(text: str, limit: int) -> str:
    """Return a line that people write about something (a status, a topic) with its spaces tidied; it may be empty.

    Raises:
        BadName: it is too long, or has characters that do not show or that turn the direction of writing.
    """
    tidy = _SPACES.sub(" ", text).strip()
    for character in tidy:
        if _hidden(character):
            raise BadName(tidy, _shows_not(character))
    if len(tidy) > limit:
        raise BadName(tidy, f"it has {len(tidy)} characters, and {limit} is the most")
    return tidy


def clean_handle(handle: str) -> str:
    """Return a channel's handle in the form in which it is compared: lower case, without the leading `#`.

    Raises:
        BadName: it has other characters than letters, digits, `-`, `_` and `.`, or does not start with one of the
            first two.
    """
    return _handle(handle.strip().removeprefix("#"), handle, _IN_HANDLES)


def handle_of(title: str) -> str:
    """Return the handle that a channel with this title gets: `ML Team` gives `ml-team`.

    Raises:
        BadName: nothing of the title can stand in a handle.
    """
    text = clean_title(title).removeprefix("#").strip()
    return _handle(_SPACES.sub("-", text), title, f"{_IN_HANDLES} and spaces")


def _handle(text: str, given: str, allowed: str) -> str:
    """Return `text` as a handle; an error quotes what was given and says what is allowed there."""
    try:
        found = _clean(text, TITLE_CHARS).lower()
    except BadName as bad:
        raise BadName(given, bad.why) from None
    wrong = next((one for one in found if not _in_handle(one)), None)
    if wrong is not None or not found[0].isalnum():
        what = (
            f"it begins with “{found[0]}”" if wrong is None else f"it has {'a space' if wrong == ' ' else f'“{wrong}”'}"
        )
        raise BadName(given, f"{what}; use {allowed}, and begin with a letter or digit")
    return found


def _in_handle(character: str) -> bool:
    """Letters of every script, with the marks above, below and around them that some scripts write vowels with."""
    return character.isalnum() or character in "-_." or unicodedata.category(character) in {"Mn", "Mc"}


def imitated(name: str, user: str, people: Iterable[Person]) -> Person | None:
    """Return whom this name could be taken for: somebody other than `user` with the same name or with it as id."""
    wanted = plain(name)
    for person in people:
        if person.id != user and wanted in (plain(person.name), plain(person.id)):
            return person
    return None


def plain(name: str) -> str:
    """Return the name as names are compared: without case and what does not show, one form of what looks the same."""
    kept = "".join(one for one in unicodedata.normalize("NFKC", name) if unicodedata.category(one) != "Cf")
    return _SPACES.sub(" ", kept).strip().casefold().translate(_LOOKALIKES)


def _clean(name: str, limit: int) -> str:
    for character in name.strip():
        if _hidden(character):
            raise BadName(name, _shows_not(character))
    # One form for what looks the same: wide letters, ligatures and the like.
    tidy = _SPACES.sub(" ", unicodedata.normalize("NFKC", name)).strip()
    if not tidy.strip("".join(_JOINERS)):
        raise BadName(name, "it is empty")
    if len(tidy) > limit:
        raise BadName(name, f"it has {len(tidy)} characters, and {limit} is the most")
    return tidy


def _shows_not(character: str) -> str:
    return f"it has a character that does not show (U+{ord(character):04X})"


def _hidden(character: str) -> bool:
    if character in _BIDI:
        return True
    category = unicodedata.category(character)
    return category in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and character not in _JOINERS
