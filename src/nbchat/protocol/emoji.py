"""Is this exactly one emoji? The hub asks it of reactions, and of what stands beside names.

Pure. What counts are the well-formed sequences of Unicode Technical Standard #51, revision 29 (Unicode 17): a
pictograph with an optional skin tone, several of them joined, a keycap, a flag. Code points that Unicode has reserved
for emoji count already, so that next year's need no new hub. Tag sequences are three flags only: others would hide
text.
"""

from __future__ import annotations

import re

_JOINER, _AS_EMOJI, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"
_LONGEST = 40
"""Code points; the longest that exists (a couple with skin tones) has ten."""

# The tables are lists of ranges, in hexadecimal, as in emoji-data.txt of Unicode 17.
_PICTOGRAPHS = """
    a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 23cf 23e9-23f3 23f8-23fa 24c2 25aa-25ab 25b6
    25c0 25fb-25fe 2600-2604 260e 2611 2614-2615 2618 261d 2620 2622-2623 2626 262a 262e-262f 2638-263a 2640
    2642 2648-2653 265f-2660 2663 2665-2666 2668 267b 267e-267f 2692-2697 2699 269b-269c 26a0-26a1 26a7
    26aa-26ab 26b0-26b1 26bd-26be 26c4-26c5 26c8 26ce-26cf 26d1 26d3-26d4 26e9-26ea 26f0-26f5 26f7-26fa 26fd
    2702 2705 2708-270d 270f 2712 2714 2716 271d 2721 2728 2733-2734 2744 2747 274c 274e 2753-2755 2757
    2763-2764 2795-2797 27a1 27b0 27bf 2934-2935 2b05-2b07 2b1b-2b1c 2b50 2b55 3030 303d 3297 3299 1f004
    1f02c-1f02f 1f094-1f09f 1f0af-1f0b0 1f0c0 1f0cf-1f0d0 1f0f6-1f0ff 1f170-1f171 1f17e-1f17f 1f18e 1f191-1f19a
    1f1ae-1f1e5 1f201-1f20f 1f21a 1f22f 1f232-1f23a 1f23c-1f23f 1f249-1f25f 1f266-1f321 1f324-1f393 1f396-1f397
    1f399-1f39b 1f39e-1f3f0 1f3f3-1f3f5 1f3f7-1f3fa 1f400-1f4fd 1f4ff-1f53d 1f549-1f54e 1f550-1f567 1f56f-1f570
    1f573-1f57a 1f587 1f58a-1f58d 1f590 1f595-1f596 1f5a4-1f5a5 1f5a8 1f5b1-1f5b2 1f5bc 1f5c2-1f5c4 1f5d1-1f5d3
    1f5dc-1f5de 1f5e1 1f5e3 1f5e8 1f5ef 1f5f3 1f5fa-1f64f 1f680-1f6c5 1f6cb-1f6d2 1f6d5-1f6e5 1f6e9 1f6eb-1f6f0
    1f6f3-1f6ff 1f7da-1f7ff 1f80c-1f80f 1f848-1f84f 1f85a-1f85f 1f888-1f88f 1f8ae-1f8af 1f8bc-1f8bf 1f8c2-1f8cf
    1f8d9-1f8ff 1f90c-1f93a 1f93c-1f945 1f947-1f9ff 1fa58-1fa5f 1fa6e-1faff 1fc00-1fffd
"""
"""Extended_Pictographic: emoji, and what is reserved for them."""
_TEXT_BY_DEFAULT = """
    a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 2328 23cf 23ed-23ef 23f1-23f2 23f8-23fa 24c2 25aa-25ab 25b6
    25c0 25fb-25fc 2600-2604 260e 2611 2618 261d 2620 2622-2623 2626 262a 262e-262f 2638-263a 2640 2642
    265f-2660 2663 2665-2666 2668 267b 267e 2692 2694-2697 2699 269b-269c 26a0 26a7 26b0-26b1 26c8 26cf 26d1
    26d3 26e9 26f0-26f1 26f4 26f7-26f9 2702 2708-2709 270c-270d 270f 2712 2714 2716 271d 2721 2733-2734 2744
    2747 2763-2764 27a1 2934-2935 2b05-2b07 3030 303d 3297 3299 1f170-1f171 1f17e-1f17f 1f202 1f237 1f321
    1f324-1f32c 1f336 1f37d 1f396-1f397 1f399-1f39b 1f39e-1f39f 1f3cb-1f3ce 1f3d4-1f3df 1f3f3 1f3f5 1f3f7 1f43f
    1f441 1f4fd 1f549-1f54a 1f56f-1f570 1f573-1f579 1f587 1f58a-1f58d 1f590 1f5a5 1f5a8 1f5b1-1f5b2 1f5bc
    1f5c2-1f5c4 1f5d1-1f5d3 1f5dc-1f5de 1f5e1 1f5e3 1f5e8 1f5ef 1f5f3 1f5fa 1f6cb 1f6cd-1f6cf 1f6e0-1f6e5 1f6e9
    1f6f0 1f6f3
"""
"""Emoji that are not Emoji_Presentation: shown as text unless U+FE0F follows."""
_TAKES_TONE = """
    261d 26f9 270a-270d 1f385 1f3c2-1f3c4 1f3c7 1f3ca-1f3cc 1f442-1f443 1f446-1f450 1f466-1f478 1f47c
    1f481-1f483 1f485-1f487 1f48f 1f491 1f4aa 1f574-1f575 1f57a 1f590 1f595-1f596 1f645-1f647 1f64b-1f64f 1f6a3
    1f6b4-1f6b6 1f6c0 1f6cc 1f90c 1f90f 1f918-1f91f 1f926 1f930-1f939 1f93c-1f93e 1f977 1f9b5-1f9b6 1f9b8-1f9b9
    1f9bb 1f9cd-1f9cf 1f9d1-1f9dd 1fac3-1fac5 1faf0-1faf8
"""
"""Emoji_Modifier_Base: people and their parts."""
_HAIR = "1f9b0-1f9b3"
_TONES = "1f3fb-1f3ff"
_REGIONS = """
    ACDEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTVWYZ CACDFGHIKLMNOPQRUVWXYZ DEGJKMOZ EACEGHRSTU FIJKMOR GABDEFGHILMNPQRSTUWY
    HKMNRTU ICDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY MACDEFGHKLMNOPQRSTUVWXYZ NACEFGILOPRUZ OM PAEFGHKLMNRSTWY QA
    REOSUW SABCDEGHIJKLMNORSTVXYZ TACDFGHJKLMNORTVWZ UAGMNSYZ VACEGINU WFS XK YET ZAMW
"""
"""Regions that have a flag: the first letter of each word with each of the others."""


def _class(table: str) -> str:
    """Return the ranges as they stand inside the brackets of a regular expression."""
    ends = [[f"\\U{int(end, 16):08x}" for end in one.split("-")] for one in table.split()]
    return "".join("-".join(range_) for range_ in ends)


def _regional(letters: str) -> str:
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in letters)


def _tagged(region: str) -> str:
    return "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"


_PART = re.compile(
    f"(?P<base>[{_class(_PICTOGRAPHS)}{_class(_HAIR)}])(?P<shown>{_AS_EMOJI})?(?P<tone>[{_class(_TONES)}])?"
)
_IS_TEXT = re.compile(f"[{_class(_TEXT_BY_DEFAULT)}]")
_IS_PERSON = re.compile(f"[{_class(_TAKES_TONE)}]")
_IS_HAIR = re.compile(f"[{_class(_HAIR)}]")
_KEY = re.compile(f"([0-9#*]){_AS_EMOJI}?{_KEYCAP}")
_FLAGS = frozenset(_regional(word[0] + letter) for word in _REGIONS.split() for letter in word[1:])
_SUBDIVISIONS = frozenset(_tagged(region) for region in ("gbeng", "gbsct", "gbwls"))
_PARTS = 4
"""So many are joined at most: a family, or a couple with a kiss. More would show as several."""


def is_emoji(text: str) -> bool:
    """Whether this is exactly one emoji."""
    return one_emoji(text) is not None


def one_emoji(text: str) -> str | None:
    """Return the emoji that this is, or None where it is anything else than exactly one.

    Returns:
        The fully qualified form, as keyboards write it (a heart with U+FE0F), so that the same emoji is always the same
        text.

    Example:
        >>> one_emoji("\N{THUMBS UP SIGN}"), one_emoji("ok"), one_emoji("\u2764") == "\u2764\ufe0f"
        ('\N{THUMBS UP SIGN}', None, True)
    """
    if not text or len(text) > _LONGEST:
        return None
    if text in _FLAGS or text in _SUBDIVISIONS:
        return text
    key = _KEY.fullmatch(text)
    if key is not None:
        return key[1] + _AS_EMOJI + _KEYCAP
    parts = [_part(part, first=index == 0) for index, part in enumerate(text.split(_JOINER))]
    if len(parts) > _PARTS:
        return None
    found = [part for part in parts if part is not None]
    return _JOINER.join(found) if len(found) == len(parts) else None


def _part(text: str, *, first: bool) -> str | None:
    """Return one pictograph with its tone, fully qualified."""
    match = _PART.fullmatch(text)
    if match is None:
        return None
    base, tone = match["base"], match["tone"]
    if _IS_HAIR.match(base) and first:
        return None  # only ever joined to somebody
    if tone is not None:
        return base + tone if _IS_PERSON.match(base) else None
    return base + _AS_EMOJI if _IS_TEXT.match(base) else base
