/**
 * Long polling over real HTTP: the numbers hold whatever the network loses, and each end is noticed.
 *
 * @vitest-environment node
 */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HubHttp } from "../../src/transport/http";
import { polling } from "../../src/transport/polling.chunk";
import type { LineEvents, Transport } from "../../src/transport/transport";
import { until } from "../kit/until";
import { FarEnd, type Fault } from "./far-end";

let far: FarEnd;
let line: Transport;
let said: string[];
let heard: string[];

const events: LineEvents = {
  opened: () => said.push("opened"),
  received: (data) => heard.push(data),
  closed: (code) => said.push(`closed ${code}`),
};

function opens(): void {
  const http = new HubHttp(`${far.origin}/nbchat/`);
  const socket = { via: "direct" as const, open: () => expect.fail("no socket is wanted") };
  line = polling(http, new URL("ws://127.0.0.1:1/"), socket, () => {}).open(events);
}

async function opened(): Promise<void> {
  opens();
  await until(() => expect(said).toEqual(["opened"]));
}

/** As much of a browser as there is beside `fetch`. */
let browser: EventTarget;

beforeEach(async () => {
  browser = new EventTarget();
  vi.stubGlobal("addEventListener", browser.addEventListener.bind(browser));
  vi.stubGlobal(
    "document",
    Object.assign(new EventTarget(), { cookie: "a=b; _xsrf=2|token", visibilityState: "visible" }),
  );
  far = await FarEnd.starts();
  said = [];
  heard = [];
});

afterEach(async () => {
  line.close(1000);
  await far.stops();
});

test("frames come and go in order", async () => {
  await opened();
  line.send("hello");
  far.says("one", "two");
  await until(() => expect(heard).toEqual(["one", "two"]));
  far.says("three");
  await until(() => expect(heard).toEqual(["one", "two", "three"]));
  await until(() => expect(far.heard).toEqual(["hello"]));
  expect(far.headers).toMatchObject({ "content-type": "application/json", "x-xsrftoken": "2|token" });
});

test("text of any kind is what it was", async () => {
  await opened();
  const frames = ['["שלום 👋\u2028"]', '{"text":"a\\nb"}'];
  far.says(...frames);
  for (const frame of frames) line.send(frame);
  await until(() => expect(heard).toEqual(frames));
  await until(() => expect(far.heard).toEqual(frames));
});

test("what is said in one go is one request, and what comes meanwhile the next", async () => {
  await opened();
  for (const text of ["a", "b", "c"]) line.send(text);
  await far.hasSeen("send", 1);
  for (const text of ["d", "e"]) line.send(text);
  await until(() => expect(far.heard).toEqual(["a", "b", "c", "d", "e"]));
  expect(far.sends).toEqual([3, 2]);
});

test("a request carries a bounded number of characters, and at least one frame", async () => {
  await opened();
  const frames = ["x".repeat(20_000), "y".repeat(9_000), "z".repeat(9_000), "w"];
  for (const frame of frames) line.send(frame);
  await until(() => expect(far.heard).toEqual(frames));
  expect(far.sends).toEqual([1, 1, 2]);
});

test.each<[string, Fault[]]>([
  ["wait", ["lost before"]],
  ["wait", ["lost after"]],
  ["wait", ["cut"]],
  ["wait", [502, 503]],
  ["wait", ["cut", 504]],
  ["send", ["lost before"]],
  ["send", ["lost after"]],
  ["send", [502]],
  ["send", ["lost after", 504]],
  ["open", ["lost before"]],
])("a %s of which the network makes %j loses and doubles nothing", async (kind, faults) => {
  far.faults[kind] = [...faults];
  opens();
  if (kind === "open") {
    // Nobody has begun anything yet: the link tries again, with a new one.
    await until(() => expect(said).toEqual(["closed null"]));
    return;
  }
  await until(() => expect(said).toEqual(["opened"]));
  for (let round = 0; round < 3; round += 1) {
    line.send(`to ${round}`);
    far.says(`from ${round}`);
    await until(() => expect(heard).toHaveLength(round + 1));
    await until(() => expect(far.heard).toHaveLength(round + 1));
  }
  expect(heard).toEqual(["from 0", "from 1", "from 2"]);
  expect(far.heard).toEqual(["to 0", "to 1", "to 2"]);
  expect(far.faults[kind]).toEqual([]);
  expect(said).toEqual(["opened"]);
});

test.each([400, 403, 410, 500])("a hub that answers %i is not asked again", async (status) => {
  far.faults["wait"] = [status];
  opens();
  await until(() => expect(said).toEqual(["opened", "closed null"]));
  expect(far.arrived.map(({ t }) => t)).toEqual(["open", "wait"]);
});

test("a send that is refused ends it", async () => {
  await opened();
  far.faults["send"] = [410];
  line.send("late");
  await until(() => expect(said).toEqual(["opened", "closed null"]));
});

test("a network that stays away ends it", async () => {
  far.faults["wait"] = ["lost before", "lost before", "lost before", "lost before"];
  opens();
  await until(() => expect(said).toEqual(["opened", "closed null"]));
  expect(far.faults["wait"]).toEqual([]);
});

test("a page that answers in the place of the hub is no hub", async () => {
  far.faults["open"] = [200];
  opens();
  await until(() => expect(said).toEqual(["closed null"]));
});

test("the hub's close comes after its last frames", async () => {
  await opened();
  far.says("bye");
  far.closes(4006);
  await until(() => expect(said).toEqual(["opened", "closed 4006"]));
  expect(heard).toEqual(["bye"]);
});

test("closed here, it says nothing more, and the hub is told after what was said", async () => {
  await opened();
  line.send("last");
  line.close(1000);
  await far.hasSeen("close", 1);
  expect(far.heard).toEqual(["last"]);
  expect(far.arrived.at(-1)).toMatchObject({ t: "close", code: 1000 });
  far.says("late");
  expect(said).toEqual(["opened"]);
  expect(heard).toEqual([]);
});

test("closed before it was open, it leaves nothing open at the hub", async () => {
  opens();
  line.close(1000);
  await far.hasSeen("close", 1);
  expect(said).toEqual([]);
});

test("the hub is told when the browser leaves the page", async () => {
  await opened();
  browser.dispatchEvent(new Event("pagehide"));
  await far.hasSeen("close", 1);
  expect(said).toEqual(["opened", "closed null"]);
});
