/** Receipts to ticks. */

import { expect, test } from "vitest";
import type { Mark } from "../../src/protocol/messages.gen";
import { readers, tickOf } from "../../src/view/receipts";
import { buildRows, type MessageRow } from "../../src/view/rows";
import { conversation, message, summary } from "../kit/chat";

function tick(marks: Mark[], receipts = true) {
  const known = conversation(summary("c"), [message(5, "ada", "hi")], {
    receipts,
    marks: new Map(marks.map((mark) => [mark.user, mark])),
  });
  const row = buildRows(known, [], "ada", null).at(-1) as MessageRow;
  return tickOf(row, known, "ada");
}

const mark = (user: string, delivered: number, read: number): Mark => ({ user, delivered, read });

test("one tick until somebody else has it, two then, filled when all have read it", () => {
  expect(tick([mark("ada", 5, 5), mark("bob", 4, 4)])).toEqual({ kind: "sent", n: 0, of: 1 });
  expect(tick([mark("bob", 5, 0), mark("cy", 0, 0)])).toEqual({ kind: "delivered", n: 1, of: 2 });
  expect(tick([mark("bob", 5, 5), mark("cy", 9, 0)])).toEqual({ kind: "seen", n: 1, of: 2 });
  expect(tick([mark("bob", 5, 5), mark("cy", 9, 5)])).toEqual({ kind: "read", n: 2, of: 2 });
});

test("who has read it has it", () => {
  expect(tick([mark("bob", 0, 7)])).toEqual({ kind: "read", n: 1, of: 1 });
});

test("one tick where receipts are not tracked", () => {
  expect(tick([mark("bob", 9, 9)], false).kind).toBe("sent");
});

test("the readers' names leave out oneself", () => {
  const known = conversation(summary("c"), [], {
    marks: new Map([
      ["ada", mark("ada", 9, 9)],
      ["bob", mark("bob", 9, 9)],
      ["cy", mark("cy", 9, 1)],
    ]),
  });
  expect(readers(known, 5, "ada")).toEqual(["bob"]);
});
