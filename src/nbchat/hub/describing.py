"""What a conversation is called, what it is about, and how it works: title and settings, changed as a whole."""

from __future__ import annotations

from typing import get_args

from msgspec.structs import asdict, replace

from nbchat.protocol.limits import TOPIC_CHARS
from nbchat.protocol.messages import Aspect, Describe, Described, Done, Settings

from . import policy
from .connections import Connection
from .conversations import Conversation
from .deciding import decided, emoji, line, signed, valid
from .flows import Steps
from .names import clean_title
from .state import State


def describe(state: State, connection: Connection, command: Describe) -> Steps[Done]:
    """Change what the command names; each part has its own rule. What is so already stores nothing."""
    title = None if command.title is None else valid(clean_title, command.title)
    wanted = _wanted(command)
    state.pace_change(connection.user)

    def decide(conversation: Conversation) -> Described | None:
        for action in _actions(command):
            policy.check(conversation, connection.user, action, state.now.wall)
        settings = replace(conversation.settings, **wanted)
        name = conversation.title if title is None else title
        if (name, settings) == (conversation.title, conversation.settings):
            return None
        return Described(
            **signed(state, connection, conversation.id),
            title=name,
            settings=settings,
            changed=_changed(conversation, name, settings),
        )

    yield from decided(state, command.conversation, decide)
    return Done(ref=command.ref)


def _changed(conversation: Conversation, title: str, settings: Settings) -> list[Aspect]:
    """Return what another title and other settings change."""
    old, new = (
        {"title": name} | asdict(of) for name, of in ((conversation.title, conversation.settings), (title, settings))
    )
    return [aspect for aspect in get_args(Aspect) if old[aspect] != new[aspect]]


def _actions(command: Describe) -> list[policy.Action]:
    asked: dict[policy.Action, bool] = {
        "archive": command.archived is not None,
        "describe": command.title is not None or command.picture is not None,
        "topic": command.topic is not None,
        "set_rules": command.slow is not None or command.announcements is not None,
    }
    return [action for action, wanted in asked.items() if wanted] or ["see"]


def _wanted(command: Describe) -> dict[str, object]:
    """Return the settings that the command names, checked."""
    wanted = {name: value for name in Settings.__struct_fields__ if (value := getattr(command, name)) is not None}
    if command.topic is not None:
        wanted["topic"] = line("topic", command.topic, TOPIC_CHARS)
    if command.picture is not None:
        wanted["picture"] = emoji(command.picture)
    return wanted
