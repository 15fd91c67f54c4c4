/** Who was told that they are signed out is let in again without a reload, once they have signed in elsewhere; and meanwhile sees nothing. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

test("what waits when the hub has forgotten who this is goes out under nobody else by itself", async () => {
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
  expect(page.link.pending("c1")).toMatchObject([{ text: "mine", status: "failed", code: "other_person" }]);
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
