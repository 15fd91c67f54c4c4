/** A message that is written while it is looked at: its text so far, the sign of it, and what is said at its end. */

import { effect } from "@preact/signals";
import { expect, test } from "vitest";
import type { Conversation } from "../../src/client/state";
import type { Growing } from "../../src/protocol/messages.gen";
import { grownNodes, toNodes } from "../../src/view/markdown";
import { conversation, message, type ScriptedChat } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { NOW, team } from "../kit/team";
import { until } from "../kit/until";

function change(chat: ScriptedChat, more: Partial<Conversation>): void {
  const known = chat.conversation("team").peek() as Conversation;
  chat.has({ ...known, ...more });
}

const soFar = (text: string): Partial<Conversation> => ({
  growing: new Map<number, Growing>([[4, { t: "growing", conversation: "team", message: 4, n: 1, text, whole: true }]]),
});

const ends = (chat: ScriptedChat, text: string): void => {
  const known = chat.conversation("team").peek() as Conversation;
  const ranges = known.ranges.map((range) => ({
    ...range,
    messages: range.messages.map((one) => (one.seq === 4 ? { ...one, text, v: 5 } : one)),
  }));
  change(chat, { ranges, growing: new Map() });
};

test("its text so far is shown, with a sign, until it ends", async () => {
  const chat = team();
  const shown = await stage(chat, "team");
  chat.arrives("team", message(4, "bob", "One", { at: NOW }));
  await drawn();
  expect(shown.all(".nbc-growing")).toEqual([]);
  change(chat, soFar("One, **two"));
  await drawn();
  expect(shown.find("[data-seq='4'] .nbc-text").textContent?.trim()).toBe("One, **two");
  expect(shown.find("[data-seq='4'] .nbc-growing").getAttribute("aria-label")).toBe("Bob is typing…");
  change(chat, soFar("One, **two**"));
  await drawn();
  expect(shown.find("[data-seq='4'] .nbc-text strong").textContent).toBe("two");
  ends(chat, "One, **two**, three");
  await drawn();
  expect(shown.find("[data-seq='4'] .nbc-text").textContent?.trim()).toBe("One, two, three");
  expect(shown.all(".nbc-growing")).toEqual([]);
});

test("it is said once, when it is whole", async () => {
  const chat = team();
  const shown = await stage(chat, "team");
  const said: string[] = [];
  effect(() => void said.push(shown.ui.spoken.value));
  chat.arrives("team", message(4, "bob", "One", { at: NOW }));
  change(chat, soFar("One, two"));
  await drawn();
  chat.arrives("team", message(5, "bob", "Meanwhile", { at: NOW }));
  await until(() => expect(said).toEqual(["", "Bob: Meanwhile"]));
  ends(chat, "One, two, three");
  await until(() => expect(said).toEqual(["", "Bob: Meanwhile", "Bob: One, two, three"]));
});

test("it is said when it is whole, too, where its first words were taken for all of it", async () => {
  const chat = team();
  const shown = await stage(chat, "team");
  const said: string[] = [];
  effect(() => void said.push(shown.ui.spoken.value));
  chat.arrives("team", message(4, "bob", "One", { at: NOW }));
  await until(() => expect(said).toEqual(["", "Bob: One"]));
  change(chat, soFar("One, two"));
  await drawn();
  change(chat, soFar("One, two, three"));
  ends(chat, "One, two, three");
  await until(() => expect(said).toEqual(["", "Bob: One", "Bob: One, two, three"]));
});

test("blocks that are whole stay the same nodes while the text goes on", async () => {
  const chat = team();
  chat.has(conversation(chat.conversation("team").peek()?.summary as never, [message(4, "bob", "One", { at: NOW })]));
  const shown = await stage(chat, "team");
  const nodes = () => [...shown.find("[data-seq='4'] .nbc-text").children];
  change(chat, soFar("First\n\n```js\nlet a;\n```\n\nthi"));
  await drawn();
  const [first, code, last] = nodes();
  expect(code?.querySelectorAll(".nbc-copy").length).toBe(1);
  change(chat, soFar("First\n\n```js\nlet a;\n```\n\nthird"));
  await drawn();
  expect(nodes().slice(0, 2)).toEqual([first, code]);
  expect(nodes()[0]).toBe(first);
  expect(nodes()[1]).toBe(code);
  expect(nodes()[2]).not.toBe(last);
  expect(nodes().map((one) => one.textContent)).toEqual(["First", "let a;Copy", "third"]);
});

const TEXT = `# Head

One *two* **three** \`four\` [five](https://example.org)
and a line.

- a
- b

  inner

1. x
2. y

\`\`\`python
def f(x):
    return x
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

> quoted
> more

Setext
===

End &amp; <b>raw</b> $x^2$`;

test("letter by letter it ends where the whole text would begin", () => {
  const body = document.createElement("div");
  const blocks = [] as Parameters<typeof grownNodes>[1];
  for (let end = 1; end <= TEXT.length; end++) {
    const text = TEXT.slice(0, end);
    body.append(grownNodes(body, blocks, text, []));
    const whole = document.createElement("div");
    whole.append(toNodes(text));
    expect(body.innerHTML, text).toBe(whole.innerHTML);
  }
  body.append(grownNodes(body, blocks, "Another text", []));
  expect(body.textContent?.trim()).toBe("Another text");
});
