/** What the word at the caret asks for. */

import { describe, expect, test } from "vitest";
import { closedName, inCode, queryAt, rankOf } from "../../src/view/completion";
import { commandIn } from "../../src/view/slash";

/** With the caret at `|`. */
function at(play: string) {
  const caret = play.indexOf("|");
  return queryAt(play.replace("|", ""), caret);
}

describe("a query", () => {
  test.each([
    ["@|", "person", "", 0],
    ["hi @gra|", "person", "gra", 3],
    ["(@gra|)", "person", "gra", 1],
    ["@Grace Hop|", "person", "Grace Hop", 0],
    ["@דנ|", "person", "דנ", 0],
    ["well :tad|", "emoji", "tad", 5],
    [":+1|", "emoji", "+1", 0],
    ["/|", "command", "", 0],
    ["/top|", "command", "top", 0],
  ])("%s", (play, kind, text, from) => expect(at(play)).toEqual({ kind, text, from }));

  test.each([
    "me@example.org|",
    "a :) and 10:30|",
    ":a|",
    "`@ada|",
    "```\n@ada|",
    "```py\nx = ':tada|",
    "/usr/bin|",
    "x /top|",
    "/top|ic",
    "/topic new|",
    "@ada hello there|",
    "plain|",
  ])("%j is none", (play) => expect(at(play)).toBeNull());
});

test("code is known by what stands before", () => {
  expect(inCode("a `b` c")).toBe(false);
  expect(inCode("a `b")).toBe(true);
  expect(inCode("```\nx\n```\nafter")).toBe(false);
  expect(inCode("```\nx\n``` not the end")).toBe(true);
});

test("a name that was closed becomes an emoji, but for times and code", () => {
  expect(closedName("so :tada:", 9)).toEqual({ from: 3, name: "tada" });
  expect(closedName("10:30:", 6)).toBeNull();
  expect(closedName("`:tada:", 7)).toBeNull();
  expect(closedName("a::tada:", 8)).toBeNull();
});

test("names answer from their beginning, then by word, then by id, then anywhere", () => {
  const ranks = ["gra", "hop", "gh1", "ace", "zzz"].map((query) => rankOf("Grace Hopper", "gh1", query));
  expect(ranks).toEqual([0, 1, 2, 3, null]);
  expect(rankOf("Zoë Müller", "zoe", "mul")).toBe(1);
});

test.each([
  ["/help", { name: "help", rest: "" }],
  ["  /Topic  What it is\nabout ", { name: "topic", rest: "What it is\nabout" }],
  ["/usr/bin/env", null],
  ["//comment", null],
  ["/ x", null],
  ["/", null],
  ["a /help", null],
])("%j as a command", (text, expected) => expect(commandIn(text)).toEqual(expected));
