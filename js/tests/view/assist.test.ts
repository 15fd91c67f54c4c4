/** What helps while writing: suggestions, commands, emoji, formatting, answers to what was typed. */

import { describe, expect, test, vi } from "vitest";
import { ChatError } from "../../src/client/chat";
import { VIEW_COMMANDS } from "../../src/protocol/tables.gen";
import { BUILT_IN } from "../../src/view/slash";
import { replyTo } from "../../src/view/talk-state";
import { conversation, message, person, summary } from "../kit/chat";
import { asks } from "../kit/sheets";
import { drawn, type Stage, stage } from "../kit/stage";
import { team } from "../kit/team";

/** Until it is so; what is asked for takes a moment that no test decides. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });

type Area = HTMLTextAreaElement;

interface Writing extends Stage {
  area: Area;
  /** Types at the end, key by key as far as the helpers see it. */
  writes(text: string): Promise<void>;
  presses(key: string, more?: KeyboardEventInit): Promise<KeyboardEvent>;
  options(): string[];
}

async function writing(chat = team(), open = "team"): Promise<Writing> {
  const made = await stage(chat, open);
  const area = made.find("textarea") as Area;
  await until(() => expect(made.all(".nbc-aids")).toHaveLength(1));
  area.focus();
  return {
    ...made,
    area,
    async writes(text) {
      area.setRangeText(text, area.value.length, area.value.length, "end");
      area.dispatchEvent(new InputEvent("input", { bubbles: true, data: text.at(-1) ?? "" }));
      await drawn();
    },
    presses: (key, more) => made.key(area, key, more),
    options: () => made.texts("[role=option] > bdi"),
  };
}

const sent = ({ chat }: Stage) => chat.asked.filter(([what]) => what === "send").map(([, , text]) => text);
const asked = ({ chat }: Stage) => asks(chat);

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

describe("commands", () => {
  async function runs(text: string, chat = team()): Promise<Writing> {
    const made = await writing(chat);
    await made.writes(text);
    await made.press("Send");
    return made;
  }

  test("/topic and /rename describe the conversation, and empty the composer", async () => {
    const made = await runs("/topic what we do");
    expect(asked(made)).toMatchObject([{ t: "describe", conversation: "team", topic: "what we do" }]);
    expect(made.area.value).toBe("");
    expect(sent(made)).toEqual([]);
    const other = await runs("/rename New name");
    expect(asked(other)).toMatchObject([{ t: "describe", title: "New name" }]);
  });

  test("what the hub refuses is said, and nothing typed is lost", async () => {
    const chat = team();
    chat.onAsk = () => {
      throw new ChatError("forbidden", "Only moderators may rename ml-team.");
    };
    const made = await runs("/rename Mine", chat);
    await until(() => expect(made.texts(".nbc-note")).toEqual(["Only moderators may rename ml-team."]));
    expect(made.area.value).toBe("/rename Mine");
  });

  test("/invite finds people by name and id", async () => {
    const chat = team();
    chat.directory = [person("grace", "Grace Hopper"), person("linus", "Linus")];
    const made = await runs("/invite @Grace Hopper, @linus", chat);
    await until(() => expect(asked(made)).toMatchObject([{ t: "invite", users: ["grace", "linus"] }]));
    await until(() => expect(made.texts(".nbc-note")).toEqual(["Invited Grace Hopper and Linus."]));
    const nobody = await runs("/invite @zed", chat);
    await until(() => expect(nobody.texts(".nbc-note")).toEqual(["Nobody is called zed."]));
  });

  test("/status has an emoji and words", async () => {
    const made = await runs("/status 🎧 in a call");
    expect(asked(made)).toMatchObject([{ t: "set_profile", emoji: "🎧", status: "in a call" }]);
  });

  test("/mute is a wish of one's own, and goes back", async () => {
    const made = await runs("/mute");
    expect(made.chat.asked).toContainEqual(["setOwn", "prefs:team", expect.objectContaining({ mute_until: 0 })]);
    await made.writes("/mute");
    await made.press("Send");
    expect(made.chat.own.value.get("prefs:team")?.value).toMatchObject({ mute_until: null });
  });

  test("/msg opens and writes; /join opens what is there; /leave asks", async () => {
    const chat = team();
    chat.directory = [person("grace", "Grace Hopper")];
    const made = await runs("/msg @grace are you there?", chat);
    await until(() => expect(chat.asked).toContainEqual(["open", "@grace", undefined]));
    await until(() => expect(sent(made)).toEqual(["are you there?"]));
    const joining = await runs("/join #help-desk");
    await until(() => expect(joining.chat.asked).toContainEqual(["open", "help-desk", false]));
    const leaving = await runs("/leave");
    expect(leaving.ui.panel.value).toBe("leave");
  });

  test("/me and /shrug are texts; /deploy of a session is its own", async () => {
    expect(sent(await runs("/me waves"))).toEqual(["/me waves"]);
    expect(sent(await runs("/shrug who knows"))).toEqual(["who knows ¯\\\\\\_(ツ)\\_/¯"]);
    const chat = team();
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, commands: [{ name: "deploy", help: "", user: "bob" }] };
    expect(sent(await runs("/deploy prod", chat))).toEqual(["/deploy prod"]);
  });

  /** What a session of somebody offers in the team's channel. */
  const offering = (name: string) => {
    const chat = team();
    chat.directory = [person("grace", "Grace Hopper")];
    const known = chat.conversation("team");
    if (known.value) known.value = { ...known.value, commands: [{ name, help: "Theirs", user: "bob" }] };
    return chat;
  };

  test.each(["msg", "Msg"])("an offered /%s publishes nothing that was meant for one person", async (name) => {
    const made = await writing(offering(name));
    await made.writes("/ms");
    expect(made.texts(".nbc-suggestion-detail")).toEqual(["Write somebody directly: /msg @name text"]);
    await made.writes("g grace my password is x");
    await made.press("Send");
    await until(() => expect(made.chat.asked).toContainEqual(["send", "grace", "my password is x"]));
    expect(sent(made)).toHaveLength(1);
  });

  test("the view has the commands that nobody can offer", () => {
    expect(BUILT_IN.map(({ name }) => name)).toEqual([...VIEW_COMMANDS]);
  });

  /** The directory answers when `go` is called. */
  function waiting() {
    const chat = offering("deploy");
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const find = chat.findPeople.bind(chat);
    chat.findPeople = async (query) => gate.then(() => find(query));
    return { chat, go };
  }

  test("a command leaves the composer and its draft at once: Enter twice is one, what is typed meanwhile stays", async () => {
    const { chat, go } = waiting();
    const made = await runs("/msg grace secret", chat);
    expect(made.area.value).toBe("");
    expect(chat.draft("team")).toBe("");
    await made.press("Send");
    await made.writes("a long thought");
    go();
    await until(() => expect(made.ui.selected.value).toBe("grace"));
    expect(sent(made)).toEqual(["secret"]);
    expect(chat.draft("team")).toBe("a long thought");
  });

  test("a command that fails comes back to its place, unless something was written there since", async () => {
    const { chat, go } = waiting();
    const made = await runs("/invite @zed", chat);
    await made.writes("meanwhile");
    go();
    await until(() => expect(made.texts(".nbc-note")).toEqual(["Nobody is called zed."]));
    expect(made.area.value).toBe("meanwhile");
    const later = waiting();
    const other = await runs("/invite @zed", later.chat);
    other.ui.choose("elsewhere");
    await drawn();
    later.go();
    await until(() => expect(later.chat.draft("team")).toBe("/invite @zed"));
    expect(later.chat.draft("elsewhere")).toBe("");
  });

  test("a command that nobody knows is asked about before it is sent", async () => {
    const made = await runs("/depoly prod");
    expect(sent(made)).toEqual([]);
    expect(made.texts("[role=alert] > span")).toEqual(["There is no command /depoly."]);
    await made.press("Send as text");
    expect(sent(made)).toEqual(["/depoly prod"]);
    expect(made.area.value).toBe("");
  });

  test("a command without what it needs says so", async () => {
    const made = await runs("/msg");
    await until(() => expect(made.texts(".nbc-note")).toEqual(["/msg needs something after it."]));
  });

  test("/help lists all of them; Escape closes it", async () => {
    const made = await runs("/help");
    expect(made.texts(".nbc-help dt")).toContain("/shrug");
    await made.presses("Escape");
    expect(made.all(".nbc-help")).toEqual([]);
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
    replyTo(made.ui.talk, "team", null, 2);
    await drawn();
    expect(made.texts(".nbc-reply-bar span")).toEqual(["Reply to Bob hello"]);
    await made.presses("Escape");
    expect(made.all(".nbc-reply-bar")).toEqual([]);
    replyTo(made.ui.talk, "team", null, 2);
    await drawn();
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
