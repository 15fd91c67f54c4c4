/** Slash commands in the composer: what each does, what fails, and what is written meanwhile. */

import { describe, expect, test } from "vitest";
import { ChatError } from "../../src/client/chat";
import { VIEW_COMMANDS } from "../../src/protocol/tables.gen";
import { BUILT_IN } from "../../src/view/slash";
import { person } from "../kit/chat";
import { drawn } from "../kit/stage";
import { team } from "../kit/team";
import { until } from "../kit/until";
import { asked, sent, type Writing, writing } from "../kit/writing";

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
    await until(() => expect(asked(made).at(-1)).toMatchObject({ t: "invite", users: ["grace", "linus"] }));
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
    await until(() => expect(chat.asked).toContainEqual(["ask", { t: "open", name: "@grace", create: true }]));
    await until(() => expect(sent(made)).toEqual(["are you there?"]));
    const joining = await runs("/join #help-desk");
    await until(() =>
      expect(joining.chat.asked).toContainEqual(["ask", { t: "open", name: "help-desk", create: false }]),
    );
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
    const ask = chat.ask.bind(chat);
    chat.ask = async (command) => (command.t === "people" ? gate.then(() => ask(command)) : ask(command));
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
