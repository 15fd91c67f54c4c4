"""What is exactly one emoji, and what is not."""

from __future__ import annotations

import pytest

from nbchat.protocol.emoji import is_emoji, one_emoji

EMOJI = """
😀 😂 🤣 🥹 🫠 🫨 🙂 😍 😎 🤔 🤯 😭 😱 🥳 👀 🎉 🚀 🔥 💯 🧠 🦀 🐍 ☕ 🍕 ⚽ ✅
❌ ❓ ❗ ➕ ⭐ ⚡ ⏳ ⌚ 🀄 🃏 🆗 🈁 🉑 🪐 🫶 🫱
❤️ ☀️ ☁️ ☎️ ✈️ ✏️ ✔️ ✖️ ©️ ®️ ™️ ‼️ ⁉️ ℹ️ ↔️ ⏏️ ▶️ ☠️ ☢️ ♻️ ⚠️ ⚙️ ⛄ 〰️ ㊗️ 🅰️ 🅿️ 🌡️ 🕊️ 🖥️ 🗑️ 🛠️ 🏷️
👍 👍🏻 👍🏼 👍🏽 👍🏾 👍🏿 👋🏽 ✋🏾 ☝🏿 ✌🏻 ✍🏼 🖐🏽 🤘🏾 🫵🏿 🧑🏻 👶🏼 🏄🏽 🕵🏾 🎅🏿 🫅🏽
👨‍💻 👩🏽‍🔬 🧑‍🚀 👩‍⚕️ 🧑🏿‍⚖️ 🕵️‍♀️ 🕵🏻‍♂️ 🏋️‍♀️ 🤷‍♂️ 🙅🏽‍♀️ 👨‍👩‍👧‍👦 👩‍❤️‍👨 👩🏻‍❤️‍💋‍👩🏿 🧑🏻‍🤝‍🧑🏿 👩‍🦰 👨🏽‍🦲 👁️‍🗨️ 🐻‍❄️ 🐈‍⬛ ❤️‍🔥 😶‍🌫️
🏳️ 🏴 🏁 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ 🇩🇪 🇫🇷 🇯🇵 🇧🇷 🇺🇳 🇪🇺 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿
0️⃣ 5️⃣ 9️⃣ #️⃣ *️⃣
"""
RIGHT = EMOJI.split()
WRONG = [
    *("", " ", "a", "ok", "1", "#", "*", "12", "é", "ß", "字", ":)", ":smile:", "<b>", "\n", "\x00"),
    *("👍 ", " 👍", "👍a", "a👍"),
    *("👍👍", "😀😂", "🇩🇪🇫🇷", "1️⃣2️⃣", "👍🏽👍🏽", "❤️❤️"),
    *("🇩", "🇩🇩", "🇽🇽", "🇩a", "DE"),
    *("🏽", "💩🏽", "👍🏽🏽", "🏽👍", "🚀🏻"),
    *("\ufe0f", "\u200d", "\u20e3", "👍\u200d", "\u200d👍", "👍\u200d\u200d👍"),
    *("\u200b👍", "👍\ufe0f\ufe0f", "a\ufe0f", "1\u20e3\u20e3"),
    *("★", "☆", "→", "♪", "•", "…", "①", "𝔸", "ⓐ", "🄰", "⎈", "\ue000"),
    *("🦰", "🦰\u200d👩", "🏴\U000e0061\U000e007f"),
    *("🏴\U000e0067\U000e0062\U000e007f", "👍\U000e0068\U000e0069\U000e007f"),
    "\u200d".join("👍👍👍👍👍"),
    "👨‍👩‍👧‍👦" * 10,
    "😀" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_one_emoji_is_itself(text: str) -> None:
    assert one_emoji(text) == text


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_everything_else_is_none(text: str) -> None:
    assert not is_emoji(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("❤", "❤️"),
        ("👍\ufe0f", "👍"),
        ("☝️🏿", "☝🏿"),
        ("1\u20e3", "1️⃣"),
        ("🕵\u200d♀", "🕵️‍♀️"),
        ("🏳\u200d🌈", "🏳️‍🌈"),
        ("👁\u200d🗨\ufe0f", "👁️‍🗨️"),
    ],
)
def test_the_same_emoji_is_always_the_same_text(typed: str, meant: str) -> None:
    assert one_emoji(typed) == meant


def test_next_years_emoji_are_known_already() -> None:
    assert is_emoji("\U0001faf9")
    assert is_emoji("\U0001fc00")
