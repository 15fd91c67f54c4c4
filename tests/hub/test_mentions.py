"""Whom a text names: found by the hub, the same for everybody."""

from __future__ import annotations

import pytest
from kit.play import World

from nbchat.hub.mentions import LOOKED_AT, Names, find
from nbchat.hub.queries import LoadMentions
from nbchat.protocol import messages as wire
from nbchat.protocol.limits import EVERYBODY_MEMBERS, MENTIONS, HubLimits, Rate

FAST = HubLimits(page_send=Rate(1e6, 10**6), changes=Rate(1e6, 10**6), flood_frames=1e6)
PEOPLE = {
    "ada": "Ada",
    "lovelace": "Ada Lovelace",
    "zoe": "Zoé",
    "bob@lab.org": "Bob L.",
    "joy": "🙂 Joy",
    "jp": "Jean-Luc Picard",
    "li": "李雷",
    "devi": "देवी",
}


def names(people: dict[str, str] | None = None) -> Names:
    found = Names()
    found.update({id: wire.Person(id, name) for id, name in (people or PEOPLE).items()})
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ada", [("ada", "@ada")]),
        ("hi @Ada!", [("ada", "@Ada")]),
        ("@ADA LOVELACE's plan", [("lovelace", "@ADA LOVELACE")]),
        ("@Ada  Lovelace", [("lovelace", "@Ada  Lovelace")]),
        ("@Ada\nLovelace", [("ada", "@Ada")]),
        ("@Ada Lovelaces", [("ada", "@Ada")]),
        ("@zoe and @Zoé", [("zoe", "@zoe"), ("zoe", "@Zoé")]),
        ("@Zoe\u0301", [("zoe", "@Zoe\u0301")]),
        ("@Ａｄａ", [("ada", "@Ａｄａ")]),
        ("@bob@lab.org, @Bob L.", [("bob@lab.org", "@bob@lab.org"), ("bob@lab.org", "@Bob L.")]),
        ("@🙂 joy @jean-luc picard", [("joy", "@🙂 joy"), ("jp", "@jean-luc picard")]),
        ("@李雷 @देवी", [("li", "@李雷"), ("devi", "@देवी")]),
        ("(@ada) *@ada* _@zoe_ **@jp**", [("ada", "@ada"), ("zoe", "@zoe"), ("jp", "@jp")]),
        ("@ada, @ada", [("ada", "@ada")]),
        ("mail me@ada or x@zoe", []),
        ("@@ada @adam @ada_x @ ada @", []),
        ("@nobody @Ad", []),
        ("`@ada` and ``a ` @zoe`` but @jp", [("jp", "@jp")]),
        ("`open @ada", [("ada", "@ada")]),
        ("\\`@ada\\`", [("ada", "@ada")]),
        ("a ` b\n\nc ` @ada", [("ada", "@ada")]),
        ("```\n@ada\n```\n@zoe", [("zoe", "@zoe")]),
        ("```py\n@ada\n~~~\n@zoe", []),
        ("~~~\n@ada\n```\n~~~~\n@zoe", [("zoe", "@zoe")]),
        ("``` @ada ```", []),
        ("", []),
    ],
)
def test_who_is_named(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.user, one.word) for one in find(text, names()).people] == expected


def test_everybody_is_called_by_words_of_their_own() -> None:
    found = find("@All, @here! @allover `@all`", names({"all": "here", "ada": "Ada"}))
    assert (found.people, found.all, found.here) == ([], "@All", "@here")
    assert find("call `@all`", names()).all is None


def test_names_follow_the_members() -> None:
    found = names({"ada": "Ada", "bob": "Bob"})
    found.update({"ada": wire.Person("ada", "Grace"), "eve": wire.Person("eve", "Bob")})
    assert [one.user for one in find("@Ada @Grace @Bob @eve", found).people] == ["ada", "ada", "eve", "eve"]
    assert find("@bob", found).people == [wire.Mention("eve", "@bob")]


def test_an_id_comes_before_a_name() -> None:
    assert find("@bob", names({"a": "bob", "bob": "Robert"})).people == [wire.Mention("bob", "@bob")]


@pytest.mark.parametrize(
    "text", ["@" * 10_000, "@a " * 3_333, "@ada lovelac " * 750, "` `` " * 2_000, "`" * 9_999 + "@"]
)
def test_a_hostile_text_names_nobody_it_should_not(text: str) -> None:
    assert {one.user for one in find(text, names()).people} <= {"ada"}


class CountedNames(Names):
    """Names that count how often they are asked."""

    asked = 0

    def begins(self, start: str) -> bool:
        self.asked += 1
        return super().begins(start)


def test_a_text_is_looked_at_only_as_far_as_a_name_may_follow() -> None:
    found = CountedNames()
    found.update({"x": wire.Person("x", "a " + "b" * 62), "y": wire.Person("y", "Zoe")})
    assert find("@a sentence that goes on and names nobody", found).people == []
    assert found.asked == len("a s")


@pytest.mark.parametrize("beside", ["", "`code` "])
def test_only_so_many_places_of_a_text_are_looked_at(beside: str) -> None:
    found = CountedNames()
    found.update({"x": wire.Person("x", "a@ " * 20 + "b"), "ada": wire.Person("ada", "Ada")})
    assert find(f"{beside}@b " * (LOOKED_AT - 1) + "@ada", found).people == [wire.Mention("ada", "@ada")]
    found.asked = 0
    assert find(f"{beside}@b " * LOOKED_AT + "@ada", found).people == []
    assert 0 < found.asked <= LOOKED_AT * 64


def test_a_name_that_several_had_stays_until_the_last_one_is_gone() -> None:
    found = names({"a": "Sam", "b": "Sam"})
    found.update({"b": wire.Person("b", "Sam")})
    assert find("@Sam", found).people == [wire.Mention("b", "@Sam")]
    found.update({})
    assert find("@Sam @b", found).people == []
    assert not found.begins("s")


# --------------------------------------------------------------------------------------------------------- in the hub


def test_a_message_says_whom_it_mentions_and_they_count_it() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team = ada.creates_group("Team", "bob", "eve")
    ada.posts(team, "hi @Bob and @nobody")
    assert eve.last(wire.Posted).mentions == [wire.Mention("bob", "@Bob")]
    ada.posts(team, "nothing")
    for who, count in (("bob", 1), ("eve", 0), ("ada", 0)):
        row = world.page(who).welcome.conversations[0]
        assert row.mentions == count
    bob.watches(team)
    assert bob.last(wire.Snapshot).summary.mentions == 1


def test_a_new_name_is_found_at_once_and_who_left_is_not() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    bob.does(wire.SetProfile, name="Robert")
    ada.posts(team, "@Robert @Bob @bob")
    assert [one.word for one in ada.last(wire.Posted).mentions] == ["@Robert", "@Bob", "@bob"]
    bob.leaves(team)
    ada.posts(team, "@Robert")
    assert ada.last(wire.Posted).mentions == []


def test_here_is_who_is_online_now() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    world.session("eve").closes()
    team = ada.creates_group("Team", "bob", "eve")
    ada.posts(team, "@here")
    assert {one.user for one in bob.last(wire.Posted).mentions} == {"ada", "bob"}
    ada.posts(team, "@all")
    assert bob.last(wire.Posted).mentions == [wire.Mention(wire.EVERYBODY, "@all")]
    assert world.page("eve").welcome.conversations[0].mentions == 1


@pytest.mark.parametrize("word", ["@all", "@here"])
def test_in_a_large_conversation_only_moderators_call_everybody(word: str) -> None:
    world = World(limits=FAST)
    ada, bob = world.page("ada"), world.page("bob")
    others = [f"u{number}" for number in range(EVERYBODY_MEMBERS - 1)]
    for user in others:
        world.page(user).closes()
    team = ada.creates_group("Team", "bob", *others[:-1])
    bob.posts(team, f"{word} as long as we are few")
    mine = bob.last(wire.Posted).seq
    ada.does(wire.Invite, conversation=team, users=[others[-1]])
    bob.is_refused("forbidden", wire.Post, conversation=team, text=f"hey {word}", key=bob.key())
    bob.is_refused("forbidden", wire.Edit, conversation=team, message=bob.posts(team).seq, text=word, key=bob.key())
    bob.edits(team, mine, f"{word} who were few")
    ada.posts(team, word)
    bob.posts(team, f"`{word}` is no call")


def test_a_message_names_at_most_so_many_people() -> None:
    world = World(limits=FAST)
    others = [f"u{number}" for number in range(MENTIONS + 1)]
    for user in others:
        world.page(user).closes()
    ada = world.page("ada")
    team = ada.creates_group("Team", *others)
    text = " ".join(f"@{user}" for user in others)
    error = ada.is_refused("too_many", wire.Post, conversation=team, text=text, key=ada.key())
    assert error.text == "At most 50 people in one message; this would be 51."
    ada.posts(team, text.rpartition(" ")[0] + " @u0 @U0")
    assert len({one.user for one in ada.last(wire.Posted).mentions}) == MENTIONS


def test_an_edit_names_others_and_counts_for_nobody() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    team = ada.creates_group("Team", "bob")
    seq = ada.posts(team, "hi").seq
    ada.edits(team, seq, "hi @bob")
    assert bob.last(wire.Edited).mentions == [wire.Mention("bob", "@bob")]
    assert world.page("bob").welcome.conversations[0].mentions == 0


def test_what_mentions_me_is_found_in_all_my_conversations_newest_first() -> None:
    world = World()
    ada, bob, eve = world.page("ada"), world.page("bob"), world.page("eve")
    team, other = ada.creates_group("Team", "bob", "eve"), ada.creates_group("Other", "eve")
    ada.posts(team, "@bob one")
    ada.posts(other, "@all not for bob")
    gone = ada.posts(team, "@bob gone")
    ada.posts(team, "@all two")
    bob.posts(team, "@all by myself")
    ada.deletes(team, gone.seq)
    first = bob.does(wire.FindMentions, limit=1)
    assert [(hit.conversation, hit.message.text) for hit in first.hits] == [(team, "@all two")]
    rest = bob.does(wire.FindMentions, before=first.next)
    assert [hit.message.text for hit in rest.hits] == ["@bob one"]
    assert rest.next is None
    assert {person.id for person in rest.people} >= {"ada"}
    assert [hit.message.text for hit in eve.does(wire.FindMentions).hits] == [
        "@all by myself",
        "@all two",
        "@all not for bob",
    ]


def test_what_mentions_me_is_not_told_of_where_i_was_removed_while_it_was_read() -> None:
    world = World()
    ada, bob = world.page("ada"), world.page("bob")
    id, other = ada.creates_group("Team", "bob"), ada.creates_group("Others", "bob")
    ada.posts(id, "@bob")
    ada.posts(other, "@bob")
    world.instead[LoadMentions] = world.database.answer(LoadMentions(user="bob", before=None, limit=9))
    assert len(bob.does(wire.FindMentions).hits) == 2
    ada.does(wire.Remove, conversation=id, user="bob")
    assert [hit.conversation for hit in bob.does(wire.FindMentions).hits] == [other]
