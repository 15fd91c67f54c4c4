/** What helps while writing: suggestions, emoji, formatting, answers and drafts. */

import { describe, expect, test } from "vitest";
import { loadTalk, replyTo } from "../../src/view/talk-state";
import { conversation, message, person, summary } from "../kit/chat";
import { drawn } from "../kit/stage";
import { team } from "../kit/team";
import { until } from "../kit/until";
import { sent, writing } from "../kit/writing";

describe("suggestions", () => {
  test("@ lists members and everybody; keys choose, the textarea keeps the focus and says so", async () => {
    const { writes, presses, options, area, find } = await writing();
    await writes("hi @");
    expect(options()).toEqual(["Bob", "Cy", "Ada", "@all", "@here"]);
    const list = find("[role=listbox]");
    expect(area.getAttribute("aria-controls")).toBe(list.id);
    expect(area.getAttribute("aria-activedescendant")).toBe(`${list.id}-0`);
    await presses("ArrowDown");
    await presses("ArrowUp");
    await presses("ArrowUp");
    expect(find("[aria-selected=true]").textContent).toContain("@here");
    await presses("ArrowDown");
    await presses("ArrowDown");
    const entered = await presses("Enter");
    expect(entered.defaultPrevented).toBe(true);
    expect(area.value).toBe("hi @Cy ");
    expect(options()).toEqual([]);
    expect(area.hasAttribute("aria-activedescendant")).toBe(false);
    expect(document.activeElement).toBe(area);
  });

  test("Tab takes, a press takes, Escape puts away until the word is another", async () => {
    const { writes, presses, options, area, all } = await writing();
    await writes("@c");
    await presses("Tab");
    expect(area.value).toBe("@Cy ");
    await writes("@b");
    all("[role=option]")[0]?.click();
    await drawn();
    expect(area.value).toBe("@Cy @Bob ");
    await writes("@a");
    await presses("Escape");
    expect(options()).toEqual([]);
    await writes("d");
    expect(options()).toEqual([]);
    await writes(" @a");
    expect(options()).toContain("Ada");
  });

  test("people of the hub who are no members are offered by id, and said to be not here", async () => {
    const chat = team();
    chat.directory = [person("bob", "Bob"), person("bea", "Bea Arthur")];
    const { writes, presses, options, area, texts } = await writing(chat);
    await writes("@b");
    expect(options()).toEqual(["Bob"]);
    await until(() => expect(options()).toEqual(["Bob", "Bea Arthur"]));
    expect(texts(".nbc-suggestion-detail").at(-1)).toBe("not here");
    await presses("ArrowDown");
    await presses("Enter");
    expect(area.value).toBe("@bea ");
  });

  test("two people of one name are told apart by id", async () => {
    const chat = team();
    chat.people.value = new Map([...chat.people.value, ["cy", "Bob"]]);
    const { writes, presses, area } = await writing(chat);
    await writes("@bob");
    await presses("ArrowDown");
    await presses("Enter");
    expect(area.value).toBe("@cy ");
  });

  test("in a large conversation only moderators are offered everybody", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, members: 21, role: "member" } };
    const { writes, options } = await writing(chat);
    await writes("@");
    expect(options()).not.toContain("@all");
    if (known.value) known.value = { ...known.value, summary: { ...known.value.summary, role: "moderator" } };
    await drawn();
    expect(options()).toContain("@all");
  });

  test(": finds emoji by name", async () => {
    const { writes, presses, options, area } = await writing();
    await writes("yes :tad");
    await until(() => expect(options()[0]).toBe(":tada:"));
    await presses("Enter");
    expect(area.value).toBe("yes 🎉 ");
  });

  test("the closing colon puts the emoji there; a name that nobody has stays", async () => {
    const { writes, area } = await writing();
    await writes(":rocket:");
    await until(() => expect(area.value).toBe("🚀"));
    await writes(" :nosuch:");
    expect(area.value).toBe("🚀 :nosuch:");
  });

  test("/ lists commands, those that sessions answer first", async () => {
    const chat = team();
    const known = chat.conversation("team");
    if (known.value)
      known.value = { ...known.value, commands: [{ name: "deploy", help: "Deploy a branch", user: "bob" }] };
    const { writes, options, texts } = await writing(chat);
    await writes("/");
    expect(options().slice(0, 2)).toEqual(["/deploy", "/help"]);
    expect(texts(".nbc-suggestion-detail")[0]).toBe("Deploy a branch");
    await writes("sh");
    expect(options()).toEqual(["/shrug"]);
  });
});

describe("formatting", () => {
  test("by key, by button, and not by AltGr", async () => {
    const { writes, presses, press, area } = await writing();
    await writes("word");
    area.setSelectionRange(0, 4);
    const bold = await presses("b", { ctrlKey: true });
    expect(bold.defaultPrevented).toBe(true);
    expect(area.value).toBe("**word**");
    await press("Formatting");
    await press("Bold (Ctrl+B)");
    expect(area.value).toBe("word");
    await presses("e", { ctrlKey: true, altKey: true });
    expect(area.value).toBe("word");
  });

  test("the bar has one Tab stop, arrows move in it", async () => {
    const { press, find, key, all } = await writing();
    await press("Formatting");
    const keys = all("[role=toolbar] button");
    keys[0]?.focus();
    await key(keys[0] as HTMLElement, "ArrowRight");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Italic (Ctrl+I)");
    await key(find("[role=toolbar] button:nth-child(2)"), "ArrowLeft");
    await key(keys[0] as HTMLElement, "ArrowLeft");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Commands and Markdown");
    expect(all("[role=toolbar] button").filter((one) => one.tabIndex === 0)).toHaveLength(1);
  });

  test("the preview follows what is typed", async () => {
    const { writes, presses, find, all } = await writing();
    await writes("so **good**");
    await presses("P", { code: "KeyP", ctrlKey: true, shiftKey: true });
    expect(find(".nbc-over strong").textContent).toBe("good");
    await writes(" `x`");
    expect(find(".nbc-over code").textContent).toBe("x");
    await presses("Escape");
    expect(all(".nbc-over")).toEqual([]);
  });

  test("the preview closes when the message goes", async () => {
    const made = await writing();
    await made.writes("so **good**");
    await made.presses("P", { code: "KeyP", ctrlKey: true, shiftKey: true });
    expect(made.all(".nbc-over")).toHaveLength(1);
    await made.presses("Enter");
    expect(sent(made)).toEqual(["so **good**"]);
    expect(made.all(".nbc-over")).toEqual([]);
  });

  test("Enter and Shift+Enter can be swapped, and stay so", async () => {
    const made = await writing();
    await made.press("Formatting");
    await made.press("Enter starts a new line, Shift+Enter sends");
    await made.writes("one");
    await made.presses("Enter");
    expect(sent(made)).toEqual([]);
    await made.presses("Enter", { shiftKey: true });
    expect(sent(made)).toEqual(["one"]);
    await made.press("Enter starts a new line, Shift+Enter sends");
    await made.writes("two");
    await made.presses("Enter");
    expect(sent(made)).toEqual(["one", "two"]);
  });

  test("code that was pasted can become a block", async () => {
    const made = await writing();
    const text = "def f(x):\n    return x + 1";
    const paste = Object.assign(new Event("paste", { bubbles: true, cancelable: true }), {
      clipboardData: { types: ["text/plain"], getData: () => text },
    });
    made.area.dispatchEvent(paste);
    await made.writes(text);
    await until(() => expect(made.all(".nbc-ask")).toHaveLength(1));
    await made.press("Make it a code block");
    expect(made.area.value).toBe(`\`\`\`\n${text}\n\`\`\``);
    expect(made.all(".nbc-ask")).toEqual([]);
  });
});

describe("answers and threads", () => {
  test("a reply says whom it answers; Escape and the button end it; sending does, too", async () => {
    const made = await writing();
    await loadTalk(made.ui); // as the menu has it by which one comes to answer
    replyTo(made.ui.talk, "team", null, 2);
    await until(() => expect(made.texts(".nbc-reply-bar span")).toEqual(["Reply to Bob hello"]));
    await made.presses("Escape");
    expect(made.all(".nbc-reply-bar")).toEqual([]);
    replyTo(made.ui.talk, "team", null, 2);
    await until(() => expect(made.all(".nbc-reply-bar")).toHaveLength(1));
    await made.writes("indeed");
    await made.presses("Enter");
    expect(made.chat.asked).toContainEqual(["send", "team", "indeed", { reply: 2, thread: null, also: false }]);
    expect(made.all(".nbc-reply-bar")).toEqual([]);
  });

  test("whoever chooses a conversation in the list goes on writing there", async () => {
    const made = await writing();
    made.chat.has(conversation(summary("other", { title: "other" }), []));
    await drawn();
    const item = made.all(".nbc-item").find((one) => one.textContent?.includes("other")) as HTMLElement;
    item.focus();
    item.click();
    await drawn();
    expect(made.ui.selected.value).toBe("other");
    await until(() => expect(document.activeElement).toBe(made.find(".nbc-chat .nbc-composer textarea")));
  });

  test("a draft from another device comes where nothing is typed", async () => {
    const made = await writing();
    made.chat.drafts.set("team", "from the phone");
    made.chat.setOwn("draft:team", "from the phone");
    await drawn();
    expect(made.area.value).toBe("from the phone");
    await made.writes(" and here");
    made.chat.drafts.set("team", "something else");
    made.chat.setOwn("draft:team", "something else");
    await drawn();
    expect(made.area.value).toBe("from the phone and here");
  });

  test("Up in an empty composer edits the last own message, and moves the caret in a text", async () => {
    const chat = team();
    chat.arrives("team", message(4, "bob", "last"));
    const made = await writing(chat);
    await made.presses("ArrowUp");
    expect(made.ui.talk.editing.value).toMatchObject({ id: "team", seq: 3 });
    made.ui.talk.editing.value = null;
    await made.writes("text");
    const up = await made.presses("ArrowUp");
    expect(up.defaultPrevented).toBe(false);
    expect(made.ui.talk.editing.value).toBeNull();
  });
});
