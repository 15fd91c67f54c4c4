"""What people may be called, and that nobody can be taken for another."""

from __future__ import annotations

from typing import Any

import pytest
from kit.play import World

from nbchat.hub.core import ASK_EVERY
from nbchat.hub.items import PutPerson
from nbchat.hub.names import clean_handle, clean_name, handle_of
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import NAME_CHARS


def test_a_new_name_is_told_to_everybody_and_stands_at_what_one_writes() -> None:
    world = World(hubs=2)
    ada, bob, tab = world.page("ada"), world.page("bob", hub=1), world.page("ada")
    team = ada.creates_group("Team", "bob")
    ada.does(wire.SetProfile, name="  Ada   Lovelace ")
    for actor in (ada, bob, tab):
        assert actor.last(wire.Named).person == wire.Person("ada", "Ada Lovelace")
    tab.posts(team)
    assert bob.last(wire.Posted).name == "Ada Lovelace"
    bob.watches(team)
    assert wire.Person("ada", "Ada Lovelace") in bob.last(wire.Snapshot).people
    ada.closes()
    tab.closes()
    assert world.page("ada").welcome.me.name == "Ada Lovelace"


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * (NAME_CHARS + 1), "a\x07b", "a\nb", "evil\u202egnp", "\u200bada", "\u200d", "a\u2066b"]
)
def test_what_cannot_be_a_name(name: str) -> None:
    world = World()
    ada = world.page("ada")
    ada.is_refused("bad_name", wire.SetProfile, name=name)
    assert not ada.all(wire.Named)


@pytest.mark.parametrize("name", ["Bob", "bob", " BOB ", "Ｂob", "B\u200dob", "u-7", "Grace", "Bоb", "Grаcе", "GRΑCE"])
def test_nobody_takes_the_name_or_the_id_of_another(name: str) -> None:
    world = World()
    ada = world.page("ada")
    world.page("bob")
    world.page("u-7", name="Grace")
    ada.is_refused("bad_name", wire.SetProfile, name=name)


def test_letters_that_look_alike_as_capitals_only_make_two_people() -> None:
    world = World()
    world.page("u-1", name="Tom")
    world.page("ada").does(wire.SetProfile, name="Том")


def test_a_name_of_look_alikes_is_mentioned_as_it_is_written() -> None:
    world = World()
    ada, anna = world.page("ada"), world.page("u-1", name="Анна Орехова")
    team = ada.creates_group("Team", "u-1")
    ada.posts(team, "привет, @Анна Орехова!")
    assert anna.last(wire.Posted).mentions == [wire.Mention("u-1", "@Анна Орехова")]


def test_a_name_stays_ones_own_however_many_are_like_it() -> None:
    world = World()
    ada = world.page("ada")
    world.page("bob", name="Bob")
    world.database.commit(PutPerson(person=wire.Person(f"u-{n}", f"0{n:03}bob")) for n in range(300))
    ada.is_refused("bad_name", wire.SetProfile, name="Bob")
    ada.does(wire.Open, name="@BOB")


def test_the_own_name_and_id_are_free_for_oneself() -> None:
    world = World()
    ada = world.page("ada", name="Ada Lovelace")
    ada.does(wire.SetProfile, name="ada")
    ada.does(wire.SetProfile, name="ADA")


def test_a_name_that_could_not_be_stored_holds_for_nobody() -> None:
    world = World()
    ada = world.page("ada")
    world.database.failing = "store_full"
    ada.is_refused("store_full", wire.SetProfile, name="Countess")
    assert not ada.all(wire.Named)


@pytest.mark.parametrize("name", ["José", "李雷", "علی‌رضا", "👩‍🔬 Marie", "O'Neil-Smith, Jr."])
def test_names_of_the_world_are_names(name: str) -> None:
    assert clean_name(name) == name


def test_handles_are_compared_in_one_form() -> None:
    assert clean_handle("#ML-Team") == "ml-team"
    assert clean_handle("größe.v2") == "größe.v2"
    assert handle_of("The  ML Team") == "the-ml-team"
    assert handle_of("हिन्दी समूह") == "हिन्दी-समूह"


@pytest.mark.parametrize(
    ("kind", "given", "why"),
    [
        (wire.Open, "a/b", "it has “/”; use letters, digits, “-”, “_”, “.”, and begin with a letter or digit"),
        (wire.Open, "#Two words", "it has a space; use letters, digits, “-”, “_”, “.”, and begin with "),
        (wire.Open, "-v", "it begins with “-”; use letters"),
        (wire.Open, "#", "it is empty"),
        (wire.Create, "ML  Team!", "it has “!”; use letters, digits, “-”, “_”, “.” and spaces, and begin with "),
        (wire.Create, "R&D team", "it has “&”; use"),
        (wire.Create, "# ", "it is empty"),
    ],
)
def test_a_channel_name_that_cannot_be_is_quoted_as_typed_with_what_is_wrong(kind: Any, given: str, why: str) -> None:
    ada = World().page("ada")
    fields = {"name": given} if kind is wire.Open else {"title": given, "kind": "channel", "key": "key-of-ada"}
    text = ada.is_refused("bad_name", kind, **fields).text
    assert text.startswith(f"“{given}” cannot be used as a name: {why}")


def test_what_an_error_quotes_cannot_turn_its_sentence_around() -> None:
    ada = World().page("ada")
    text = ada.is_refused("bad_name", wire.Create, title="a\u202eb\n", kind="group", key="key-of-ada").text
    assert text.startswith("“a\\u202eb\\n” cannot be used as a name: ")


@pytest.mark.parametrize("name", ["می\u200cنویسم", "क्\u200dष", "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}"])
def test_what_joins_inside_of_words_and_emoji_is_quoted_as_it_is(name: str) -> None:
    ada = World().page("ada")
    assert f"“{name}”" in ada.is_refused("unknown_person", wire.Open, name=f"@{name}").text


@pytest.mark.parametrize("name", ["B\u200dob", "a\u200c", "می\u200c", "می\u200c ن", "👍\u200d\u200d👍"])
def test_what_joins_nothing_that_shows_is_quoted_as_an_escape(name: str) -> None:
    ada = World().page("ada")
    text = ada.is_refused("unknown_person", wire.Open, name=f"@{name}").text
    assert name.replace("\u200c", "\\u200c").replace("\u200d", "\\u200d") in text


def test_who_was_known_by_an_id_alone_gets_the_name_that_the_login_says_and_all_hear_it() -> None:
    world = World()
    world.database.commit([PutPerson(person=wire.Person("ada", "ada"))])
    bob = world.page("bob")
    ada = world.page("ada", name="Ada Lovelace")
    assert ada.welcome.me == wire.Person("ada", "Ada Lovelace")
    world.turn(ASK_EVERY)
    assert bob.last(wire.Named).person == ada.welcome.me
