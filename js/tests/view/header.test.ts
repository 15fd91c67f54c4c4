/** The header of a conversation: whose it is and how they are; and a thread's field beside it, which has a name of its own. */

import { beforeEach, expect, test } from "vitest";
import { conversation, message, person, summary } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { talk } from "../kit/talk";
import { team } from "../kit/team";

beforeEach(() => localStorage.clear());

test("who one writes with is named with the emoji and the words of their status, also when these change", async () => {
  const chat = team();
  chat.has(conversation(summary("d", { kind: "direct", title: "", peer: "bob" }), [message(2, "bob", "hi")]));
  chat.profiles.value = new Map([["bob", person("bob", "Bob", { emoji: "🎧", status: "in a call" })]]);
  const { find } = await stage(chat, "d");
  expect(find(".nbc-chat .nbc-title").textContent).toBe("Bob 🎧");
  expect(find(".nbc-chat .nbc-about").textContent).toContain("in a call");
  chat.profiles.value = new Map([["bob", person("bob", "Bob")]]);
  await drawn();
  expect(find(".nbc-chat .nbc-title").textContent).toBe("Bob");
});

test("a thread's field is called otherwise than the conversation's", async () => {
  const { find, all } = await stage(talk(), "team");
  find('[data-seq="2"] .nbc-thread').click();
  await drawn();
  const names = all("textarea").map((one) => one.getAttribute("aria-label"));
  expect(names).toEqual(["Message ml-team", "Reply in the thread"]);
});
