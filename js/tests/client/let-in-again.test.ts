/** Who was told that they are signed out is let in again without a reload, once they have signed in elsewhere; and meanwhile sees nothing. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Asked } from "../../src/client/chat";
import type { HubClient } from "../../src/client/hub";
import { ADA, BOB, ScriptedHub, settle } from "./scripted";

let hub: ScriptedHub;
let page: HubClient;
let until: AbortController;

beforeEach(async () => {
  vi.useFakeTimers();
  hub = new ScriptedHub();
  until = new AbortController();
  page = hub.client(null, until.signal);
  await settle();
  expect(page.connection.state).toBe("connected");
});

afterEach(() => {
  until.abort();
  localStorage.clear();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const QUESTION = { owner: ADA, may_be_owner: true };
const looks = {
  "comes back to the window": () => dispatchEvent(new Event("focus")),
  "comes back to the tab": () => document.dispatchEvent(new Event("visibilitychange")),
  "has a network again": () => dispatchEvent(new Event("online")),
  "goes back in the history": () => dispatchEvent(new Event("pageshow")),
};

test.each(Object.entries(looks))("it is tried again when one %s, and only then", async (_, look) => {
  hub.hangsUp(4001);
  const before = hub.dials;
  vi.advanceTimersByTime(3_600_000);
  expect(hub.dials).toBe(before);
  look();
  expect(hub.dials).toBe(before + 1);
  // Nothing of what was emptied is shown before the hub says who this is.
  expect(page.connection.state).toBe("signed_out");
  await settle();
  expect(page.connection.state).toBe("connected");
});

test("not behind another tab", async () => {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  hub.hangsUp(4001);
  const before = hub.dials;
  looks["comes back to the tab"]();
  expect(hub.dials).toBe(before);
});

test("who is refused again, or finds the server away, stays signed out", async () => {
  hub.hangsUp(4001);
  looks["comes back to the window"]();
  hub.hangsUp(4001);
  expect(page.connection.state).toBe("signed_out");
  looks["comes back to the window"]();
  hub.hangsUp(null);
  expect(page.connection.state).toBe("signed_out");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(page.connection.state).toBe("connected");
});

test("who is connected, or has lost the connection, is not tried again by each focus", async () => {
  const before = hub.dials;
  looks["comes back to the window"]();
  hub.hangsUp(null);
  looks["comes back to the window"]();
  expect(hub.dials).toBe(before);
});

test("the question stays while it is tried, and goes when another tab has answered it", async () => {
  hub.asks(QUESTION);
  expect(page.connection.state).toBe("asking");
  looks["comes back to the window"]();
  expect(page.question).toEqual({ ...QUESTION, knew: "page" });
  expect(page.connection.state).toBe("asking");
  await settle();
  expect(page.connection.state).toBe("connected");
  expect(page.question).toBeNull();
});

test("a question that the server does not ask any more is not left", async () => {
  hub.asks(QUESTION);
  looks["comes back to the window"]();
  hub.hangsUp(4001);
  expect(page.question).toBeNull();
  expect(page.connection.state).toBe("signed_out");
});

const outboxes = () => Object.keys(localStorage).filter((key) => key.startsWith("nbchat:outbox"));
const lookAgain = async () => {
  looks["comes back to the window"]();
  await settle();
};

test("what waits when the hub has forgotten who this is stays theirs, unseen by who comes then, and goes out when they are back", async () => {
  page = hub.client(localStorage, until.signal);
  await settle();
  hub.answers = false;
  page.post("c1", "mine", {});
  hub.asks(QUESTION);
  hub.me = BOB;
  hub.answers = true;
  looks["comes back to the window"]();
  await settle();
  expect(page.link.state.me).toEqual(BOB);
  page.watch("c1", until.signal);
  await settle();
  expect(hub.stored).toEqual([]);
  expect(page.link.pending()).toEqual([]);
  expect(outboxes()).toEqual([expect.stringContaining(":ada:")]);
  hub.hangsUp(4001);
  hub.me = ADA;
  await lookAgain();
  expect(hub.stored).toEqual(["mine"]);
  expect(outboxes()).toEqual([]);
});

test.each([
  ["signed out, with the answer still to come", 4001],
  ["without a connection", null],
])("what one has asked for, %s, is not asked by who comes then", async (_, code) => {
  const rename = page.ask({ t: "set_profile", name: "Ada the Great" } as Asked);
  const ended = expect(rename).rejects.toMatchObject({ code: "other_person" });
  hub.hangsUp(code);
  const removal = page.ask({ t: "delete", conversation: "c1", message: 9 });
  const ended2 = expect(removal).rejects.toMatchObject({ code: "other_person" });
  hub.heard.length = 0;
  hub.me = BOB;
  await lookAgain();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(page.link.state.me).toEqual(BOB);
  expect(hub.heard.map(({ t }) => t)).toEqual(["hello", "hello"]);
  await Promise.all([ended, ended2]);
});

test("nothing can be written between the answer that this is somebody else and their welcome", async () => {
  hub.hangsUp(null);
  hub.me = BOB;
  const refused: unknown[] = [];
  page.listen(() => {
    if (page.connection.state !== "changing") return;
    try {
      page.post("c1", "by whoever saw Ada's page", {});
    } catch (error) {
      refused.push(error);
    }
  }, until.signal);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(refused[0]).toMatchObject({ code: "other_person" });
  expect(page.connection.state).toBe("connected");
  expect(page.link.state.me).toEqual(BOB);
  expect(hub.stored).toEqual([]);
  page.post("c1", "by Bob", {});
  await settle();
  expect(hub.stored).toEqual(["by Bob"]);
});

test("nor where that welcome cannot be read, until one can", async () => {
  const { rows } = hub;
  hub.hangsUp(null);
  hub.me = BOB;
  Object.assign(hub, { rows: null });
  hub.heard.length = 0;
  looks["comes back to the tab"]();
  await settle();
  expect(hub.heard.map(({ t }) => t)).toEqual(["hello", "hello"]);
  expect(page.connection.state).toBe("changing");
  expect(() => page.post("c1", "by whoever saw Ada's page", {})).toThrow("before it was known");
  hub.rows = rows;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(page.connection.state).toBe("connected");
  expect(hub.stored).toEqual([]);
});

test("what waits when the hub has forgotten who this is goes out when it is they", async () => {
  hub.answers = false;
  page.post("c1", "mine", {});
  hub.asks(QUESTION);
  hub.answers = true;
  looks["comes back to the window"]();
  await settle();
  expect(hub.stored).toEqual(["mine"]);
});

test("of a browser that was somebody's before the page says so, of a new one not", async () => {
  const asked = () => {
    const again = hub.client(localStorage, until.signal);
    hub.asks(QUESTION);
    return again.question?.knew;
  };
  expect(asked()).toBeNull();
  hub.client(localStorage, until.signal);
  await settle();
  expect(asked()).toBe("browser");
});
