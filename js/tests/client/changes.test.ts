/** What keeping the lines between messages costs: they are looked at once, not once for each message. */

import { expect, test } from "vitest";
import { spaced } from "../../src/client/changes";
import { extend } from "../../src/client/ranges";
import type { Joined, Message } from "../../src/protocol/messages.gen";
import { message } from "../kit/chat";

const COUNT = 200;

function joined(seq: number): Joined {
  const person = { id: "cy", name: "Cy", status: "", emoji: "", color: "", hide_seen: false };
  return {
    t: "joined",
    conversation: "c1",
    seq,
    at: seq,
    author: "bob",
    name: "Bob",
    person,
    role: "member",
    muted: null,
  };
}

/** Messages with a line behind each, and how often somebody asked one for its place. */
function log(): { messages: Message[]; notices: Joined[]; looked: () => number } {
  let looked = 0;
  const messages = Array.from({ length: COUNT }, (_, index) =>
    Object.defineProperty(message(0, "ada", "hi"), "seq", {
      enumerable: true,
      get: () => {
        looked += 1;
        return 2 * index + 1;
      },
    }),
  );
  const notices = Array.from({ length: COUNT }, (_, index) => joined(2 * index + 2));
  return { messages, notices, looked: () => looked };
}

test("both lists are walked once", () => {
  const { messages, notices, looked } = log();
  expect(spaced(notices, messages)).toEqual(notices);
  expect(looked()).toBeLessThan(4 * COUNT);
});

test("of one more line only the last message is asked", () => {
  const { messages, notices, looked } = log();
  const last = 2 * COUNT;
  const ranges = [{ first: 1, last, messages, notices, has_before: false }];
  const [range] = extend(ranges, last, null, joined(last + 1));
  expect(range?.notices).toHaveLength(COUNT + 1);
  expect(looked()).toBeLessThan(4);
});
