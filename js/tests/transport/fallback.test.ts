/** When a page changes from the socket to polling and back: what the line did, and whether the server answered meanwhile. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { direct } from "../../src/transport/direct";
import { HubHttp } from "../../src/transport/http";
import * as part from "../../src/transport/polling.chunk";
import type { Dial, Transport } from "../../src/transport/transport";
import { EdgeSocket, Log } from "./edge";

const BASE = "http://localhost:3000/nbchat/";
const settle = () => vi.advanceTimersByTimeAsync(0);
const load = async () => part;

/** Whether the server answers, and who it says that this is. */
let answers: "known" | "signed out" | "nobody";
/** What the route of polling says; null: it lets in, and one frame comes. */
let refusal: number | null;
/** After how many ms something on the way cuts a request that waits; null: never, and it is never answered. */
let cutAfter: number | null;
let asked: string[];

beforeEach(() => {
  vi.useFakeTimers();
  EdgeSocket.install();
  answers = "known";
  refusal = cutAfter = null;
  asked = [];
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit = {}) => {
    if (answers === "nobody") throw new TypeError("network");
    if (!url.pathname.endsWith("/poll"))
      return new Response('{"state": "known"}', { status: answers === "known" ? 200 : 403 });
    const { t, after } = JSON.parse(String(init.body));
    asked.push(t);
    if (refusal !== null) return new Response("{}", { status: refusal });
    if (t === "wait" && after > 0) return neverAnswered(init.signal);
    return new Response(t === "wait" ? '{"next": 1, "closed": null}\nhi' : '{"id": "one"}');
  });
});

function neverAnswered(until: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    until?.addEventListener("abort", () => reject(until.reason));
    if (cutAfter !== null) setTimeout(() => reject(new TypeError("cut")), cutAfter);
  });
}

afterEach(async () => {
  for (const page of Page.all.splice(0)) page.transport?.close(1000);
  await settle();
  sessionStorage.clear();
  vi.useRealTimers();
});

/** One dial after another of one hub. */
class Page {
  static readonly all: Page[] = [];
  readonly log = new Log();
  transport: Transport | null = null;

  constructor(readonly dial: Dial = direct(new HubHttp(BASE), load)) {
    Page.all.push(this);
  }

  /** What it says that it goes over. */
  async dials(): Promise<string> {
    this.log.said = [];
    this.transport = this.dial(this.log);
    await settle();
    return this.log.said[0] ?? "";
  }

  async now(...steps: Step[]): Promise<void> {
    for (const step of steps) {
      expect(await this.dials()).toBe("via direct");
      await STEPS[step](this);
      answers = "known";
    }
  }
}

type Step = keyof typeof STEPS;

const STEPS = {
  refused: async () => {
    EdgeSocket.newest.closes(1006);
    await settle();
  },
  "opened and died": async () => {
    EdgeSocket.newest.opens();
    EdgeSocket.newest.closes(1006);
    await settle();
  },
  hung: async (page: Page) => {
    page.transport?.close(1000);
    await settle();
  },
  "opened and hung": async (page: Page) => {
    EdgeSocket.newest.opens();
    page.transport?.close(1000);
    await settle();
  },
  "spoke and died": async () => {
    EdgeSocket.newest.opens();
    EdgeSocket.newest.says("[]");
    EdgeSocket.newest.closes(1006);
    await settle();
  },
  "closed by the hub": async () => {
    EdgeSocket.newest.opens();
    EdgeSocket.newest.closes(4005);
    await settle();
  },
  "refused while nobody answers": async () => {
    answers = "nobody";
    EdgeSocket.newest.closes(1006);
    await settle();
  },
  "hung while nobody answers": async (page: Page) => {
    answers = "nobody";
    page.transport?.close(1000);
    await settle();
  },
  "refused to who is signed out": async () => {
    answers = "signed out";
    EdgeSocket.newest.closes(1006);
    await settle();
  },
} satisfies Record<string, (page: Page) => Promise<void>>;

test.each<[Step[], string]>([
  [["refused"], "via direct"],
  [["refused", "refused"], "via http"],
  [["opened and died", "refused"], "via http"],
  [["opened and died", "opened and died"], "via http"],
  [["hung", "hung"], "via http"],
  [["opened and hung", "opened and hung"], "via http"],
  [["refused", "spoke and died", "refused"], "via direct"],
  [["refused", "spoke and died", "refused", "refused"], "via http"],
  [["refused", "closed by the hub"], "via direct"],
  [["closed by the hub", "closed by the hub"], "via direct"],
  [["refused while nobody answers", "refused while nobody answers", "refused while nobody answers"], "via direct"],
  [["hung while nobody answers", "hung while nobody answers"], "via direct"],
  [["refused", "refused while nobody answers"], "via direct"],
  [["refused to who is signed out", "refused to who is signed out"], "via direct"],
])("after a socket that was %j the next attempt goes %s", async (steps, expected) => {
  const page = new Page();
  await page.now(...steps);
  expect(await page.dials()).toBe(expected);
});

test("where polling is refused as well, the socket is tried again", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  refusal = 404;
  expect(await page.dials()).toBe("via http");
  expect(page.log.said).toEqual(["via http", "closed null"]);
  expect(await page.dials()).toBe("via http");
  await page.now("refused", "refused");
  refusal = null;
  expect(await page.dials()).toBe("via http");
  expect(page.log.said).toEqual(["via http", "opened", "received hi"]);
});

/** The page is loaded again in this tab. */
async function reloads(page: Page, dial?: Dial): Promise<Page> {
  page.transport?.close(1000);
  await settle();
  EdgeSocket.all.length = 0;
  const next = new Page(dial);
  await next.dials();
  return next;
}

test("a reload goes over HTTP at once, and from there back to the socket as ever", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  const again = await reloads(page);
  expect(again.log.said).toEqual(["via direct", "via http", "opened", "received hi"]);
  expect(EdgeSocket.all).toEqual([]);
  expect(await tries(1, async (socket) => socket.opens())).toEqual([1]);
  EdgeSocket.newest.says("[]");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(again.log.said.at(-1)).toBe("closed null");
  const third = await reloads(again);
  expect(third.log.said).toEqual(["via direct"]);
  expect(EdgeSocket.all).toHaveLength(1);
});

test("a reload that finds polling refused takes the socket, and so does the next one", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  refusal = 404;
  const again = await reloads(page);
  expect(again.log.said).toEqual(["via direct", "via http", "closed null"]);
  expect(await again.dials()).toBe("via http");
  expect(await again.dials()).toBe("via direct");
  expect((await reloads(again)).log.said).toEqual(["via direct"]);
});

test("a reload that cannot load the part takes the socket", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  const again = await reloads(
    page,
    direct(new HubHttp(BASE), async () => Promise.reject(new Error("no network"))),
  );
  expect(again.log.said).toEqual(["via direct"]);
  expect(EdgeSocket.all).toHaveLength(1);
});

test("another tab finds its own way", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  sessionStorage.clear();
  expect((await reloads(page)).log.said).toEqual(["via direct"]);
});

test("a part that cannot be loaded leaves the socket, and is asked for again", async () => {
  const parts = [async () => Promise.reject(new Error("no network")), load];
  const page = new Page(direct(new HubHttp(BASE), () => (parts.shift() ?? load)()));
  await page.now("refused", "refused", "refused", "refused");
  expect(await page.dials()).toBe("via http");
});

test("a login that ends while polling goes on is found out at the next attempt", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  answers = "signed out";
  refusal = 403;
  await page.dials();
  expect(page.log.said).toEqual(["via http", "closed 4001"]);
});

test.each([
  ["cuts each request after 15 s", 15_000, (10 * 60) / 15],
  ["loses each request", null, (10 * 60) / 30],
])("a network that %s costs requests, and not the connection", async (_, ms, count) => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  cutAfter = ms;
  EdgeSocket.all.length = 0;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(page.log.said).toEqual(["via http", "opened", "received hi"]);
  expect(asked.filter((t) => t === "wait").length).toBeGreaterThan(count * 0.9);
  expect(asked.filter((t) => t === "open")).toHaveLength(1);
});

test("a socket that let something through is tried again when the network is back, and kept for the next attempt", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  const before = EdgeSocket.all.length;
  dispatchEvent(new Event("online"));
  expect(EdgeSocket.all).toHaveLength(before + 1);
  const found = EdgeSocket.newest;
  found.opens();
  expect(found.sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(page.log.said).toEqual(["via http", "opened", "received hi"]);
  found.says('[{"t":"error"}]');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(page.log.said).toEqual(["via http", "opened", "received hi", "closed null"]);
  expect(asked.at(-1)).toBe("close");

  expect(await page.dials()).toBe("via direct");
  page.transport?.send("hello");
  found.says("welcome");
  expect(EdgeSocket.newest).toBe(found);
  expect(found.sent.at(-1)).toBe("hello");
  expect(page.log.said).toEqual(["via direct", "opened", "received welcome"]);
});

test("a found socket that dies before the next attempt is no way", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  dispatchEvent(new Event("online"));
  const found = EdgeSocket.newest;
  found.opens();
  found.says("[]");
  await vi.advanceTimersByTimeAsync(1_000);
  found.closes(1006);
  await page.dials();
  expect(page.log.said).toEqual(["via direct"]);
  expect(EdgeSocket.newest).not.toBe(found);
});

/** In which of the next so many minutes the socket is tried. */
async function tries(minutes: number, fail: (socket: EdgeSocket) => Promise<void>): Promise<number[]> {
  const at: number[] = [];
  for (let second = 0; second < minutes * 60; second += 1) {
    const before = EdgeSocket.all.length;
    await vi.advanceTimersByTimeAsync(1_000);
    if (EdgeSocket.all.length === before) continue;
    at.push(Math.ceil(second / 60));
    await fail(EdgeSocket.newest);
  }
  return at;
}

test("the socket is tried after a minute, then more and more seldom", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  const at = await tries(45, async (socket) => socket.closes(1006));
  expect(at).toEqual([1, 3, 7, 15, 25, 35, 45]);
  expect(page.log.said).toEqual(["via http", "opened", "received hi"]);
});

test("a socket that opens and swallows what is said changes nothing", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  const at = await tries(8, async (socket) => {
    socket.opens();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(socket.readyState).toBe(3);
  });
  expect(at).toHaveLength(3);
  expect(page.log.said).toEqual(["via http", "opened", "received hi"]);
});

test("a socket that was found and did not hold is not tried sooner for that", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  await tries(4, async (socket) => {
    socket.opens();
    if (EdgeSocket.all.length > 3) socket.says("[]");
    else socket.closes(1006);
    await vi.advanceTimersByTimeAsync(1_000);
  });
  await page.now("hung", "hung");
  expect(await page.dials()).toBe("via http");
  expect(await tries(4, async (socket) => socket.closes(1006))).toEqual([4]);
});

test("who looks again has the socket tried, but not each time", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  const looks = () => document.dispatchEvent(new Event("visibilitychange"));
  const before = EdgeSocket.all.length;
  looks();
  expect(EdgeSocket.all).toHaveLength(before);
  await tries(1, async (socket) => socket.closes(1006));
  await vi.advanceTimersByTimeAsync(61_000);
  looks();
  looks();
  expect(EdgeSocket.all).toHaveLength(before + 2);
});

test("nothing is tried any more, and nothing left behind, when the page's last view is gone", async () => {
  const page = new Page();
  await page.now("refused", "refused");
  await page.dials();
  const before = EdgeSocket.all.length;
  page.transport?.close(1000);
  await settle();
  dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(EdgeSocket.all).toHaveLength(before);
  expect(vi.getTimerCount()).toBe(0);
  expect(asked.at(-1)).toBe("close");
});
