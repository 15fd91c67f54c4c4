/**
 * Frames by chance for the page's link and what the views make of them. Whatever a hub says: nothing is thrown out of the link, all that it
 * sends can be read, what it keeps is bounded; and of what has the right shape, however absurd, the views' rows and words can be made.
 * `make fuzz` gives as many inputs as one likes (NBCHAT_FUZZ) from a seed (NBCHAT_SEED), and a failure tells the seed of its life.
 */

import { expect, test } from "vitest";
import { Link } from "../../src/client/link";
import { ASIDES, CLIENT_MESSAGES } from "../../src/protocol/tables.gen";
import { toLine } from "../../src/view/markdown";
import { tickOf } from "../../src/view/receipts";
import { buildRows, countNew } from "../../src/view/rows";
import { dayLabel, fullTime, shortTime } from "../../src/view/time";
import { Dice, Shapes } from "../kit/shapes";

const INPUTS = Number(process.env["NBCHAT_FUZZ"] ?? 1_000);
const SEED = Number(process.env["NBCHAT_SEED"] ?? 1);
/** Frames in one life of a link. */
const STEPS = 40;

/** As `expect`, which takes its time to be asked a million times. */
function holds(what: boolean, said: string): void {
  if (!what) throw new Error(`not so: ${said}`);
}

/** Performs what the link wants; returns the refs of what it sent. Most of its hellos and watches are answered. */
function performs(link: Link, made: Shapes, now: number): number[] {
  const refs: number[] = [];
  const answers: object[] = [];
  for (const output of link.take()) {
    if (output.do === "connect") link.connected(now);
    if (output.do !== "transmit") continue;
    const sent = JSON.parse(output.data);
    holds(typeof sent.t === "string" && Number.isSafeInteger(sent.ref), "a command has a kind and a ref");
    refs.push(sent.ref);
    if (made.dice.next() < 0.3) continue;
    if (sent.t === "hello") answers.push({ ...made.of("Welcome"), ref: sent.ref });
    if (sent.t === "watch") answers.push(made.of("Snapshot"), { t: "done", ref: sent.ref });
  }
  if (answers.length) link.received(JSON.stringify(answers), now, 0);
  return refs.length ? refs : [0, 1, 2, 3];
}

function somebodyDoes(link: Link, { dice, ids }: Shapes, now: number): void {
  const id = dice.of(ids);
  const seq = dice.below(40);
  dice.of([
    () => link.post(id, "hi", now),
    () => link.watch(id, now),
    () => link.unwatch(id, now),
    () => link.thread(id, seq, now),
    () => link.want(id, [seq, seq + 1], now),
    () => link.read(id, seq, now),
    () => link.typing(id, dice.next() < 0.5, now),
    () => link.setOwn(`draft:${id}`, "text", now),
    () => link.wake(now),
    () => link.flush(now),
    () => link.request({ t: "history", conversation: id, before: null, limit: 50, thread: null, after: null }, now),
  ])();
}

/** What the views make of the state, before anything is drawn. */
function looks(link: Link, now: number): void {
  const me = link.state.me?.id ?? "";
  for (const [id, conversation] of link.state.conversations) {
    for (const thread of [null, ...conversation.threads.keys()]) {
      const rows = buildRows(conversation, link.pending(id), me, conversation.summary.read, { thread, at: null });
      holds(countNew(conversation, rows, 0, thread) >= 0, "a count is a number");
      for (const row of rows) {
        if (row.kind !== "message") continue;
        tickOf(row, conversation, me);
        toLine(row.text.slice(0, 200));
        for (const say of [dayLabel, fullTime, shortTime]) holds(say(row.at, now) !== "", "a time has words");
      }
    }
  }
}

function isBounded(link: Link): void {
  for (const { ranges, asides } of link.state.conversations.values()) {
    expect(ranges.reduce((sum, one) => sum + one.messages.length, 0)).toBeLessThanOrEqual(CLIENT_MESSAGES);
    expect(asides.size).toBeLessThanOrEqual(ASIDES);
  }
  expect(link.pending().length).toBeLessThanOrEqual(STEPS);
}

/** A frame with some items, whose replies are to what was asked. */
function frameOf(made: Shapes, refs: number[], wrong: number): string {
  const items = Array.from({ length: made.dice.of([0, 1, 1, 2, 4]) }, () => made.item());
  const asked = items.map((item) => ("ref" in item ? { ...item, ref: made.dice.of(refs) } : item));
  return wrong ? made.frame(asked) : JSON.stringify(asked);
}

/** One link from its start on. Returns how many frames it got. */
function lives(seed: number, wrong: number): number {
  const dice = new Dice(seed);
  const made = new Shapes(dice, wrong);
  const link = new Link("page", "fuzz/1", () => `key-${dice.below(2 ** 40)}`, dice.next);
  let now = 0;
  let frames = 0;
  link.start(now);
  for (let step = 0; step < STEPS; step++) {
    now += dice.of([0, 0.01, 1, 30]);
    const refs = performs(link, made, now);
    const chance = dice.next();
    if (chance < 0.3) somebodyDoes(link, made, now);
    else if (chance < 0.33) link.disconnected(dice.of([null, 1001, 1009, 4002, 4003, 4005, 9999]), now);
    else {
      link.received(frameOf(made, refs, wrong), now, 0);
      frames += 1;
    }
    if (!wrong && step % 8 === 0) looks(link, now * 1000);
    link.tick(now);
    link.retryNow(now);
  }
  isBounded(link);
  return frames;
}

/** Lives until so many frames were given; a failure says with which seed. */
async function run(wrong: number): Promise<void> {
  let given = 0;
  for (let seed = SEED; given < INPUTS / 2; seed++) {
    try {
      given += lives(seed, wrong);
      // vitest asks now and then whether the test still lives.
      await new Promise((done) => setTimeout(done));
    } catch (error) {
      throw new Error(`fails with seed ${seed}: once more with NBCHAT_SEED=${seed}`, { cause: error });
    }
  }
  expect(given).toBeGreaterThanOrEqual(INPUTS / 2);
}

const fresh = () =>
  new Link(
    "page",
    "fuzz/1",
    () => "key-00000001",
    () => 0,
  );

test("a frame that is not of its shape loses nothing of one's own: all is asked for anew", () => {
  const made = new Shapes(new Dice(1), 0);
  const link = fresh();
  link.start(0);
  link.take();
  link.connected(0);
  link.received(JSON.stringify([{ ...made.of("Welcome"), ref: 1, conversations: [] }]), 0);
  link.post("c1", "hi", 0);
  link.take();
  link.received('[{"t":"snapshot","summary":null}]', 1);
  expect(link.take()).toContainEqual({ do: "hangup", code: 1000 });
  expect(link.state.me).toBeNull();
  expect(link.pending().map((one) => one.text)).toEqual(["hi"]);
  link.retryNow(2);
  link.connected(2);
  const sent = link.take().flatMap((output) => (output.do === "transmit" ? [JSON.parse(output.data)] : []));
  expect(sent).toMatchObject([{ t: "hello", resume: { uv: 0, watched: {}, known: {} } }]);
});

test("a message that is not of its shape may be found so only when it is read: all is asked for anew then", () => {
  const made = new Shapes(new Dice(1), 0);
  const link = fresh();
  const row = { ...made.of("Summary"), id: "c1", joined: true, read: 0, last_seq: 2, threads: [], last: null };
  const { mentions: _, ...message } = made.of("Message");
  link.start(0);
  link.connected(0);
  link.received(JSON.stringify([{ ...made.of("Welcome"), ref: 1, conversations: [row] }]), 0);
  link.watch("c1", 0);
  const page = { ...made.of("Snapshot"), summary: row, as_of: 2, notices: [], has_before: false };
  const messages = [{ ...message, seq: 2, v: 2, author: "somebody else", deleted: null }];
  link.received(
    JSON.stringify([
      { ...page, messages },
      { t: "done", ref: 2 },
    ]),
    0,
  );
  expect(link.state.conversations.get("c1")?.ranges[0]?.messages).toHaveLength(1);
  link.post("c1", "hi", 0);
  link.take();
  link.read("c1", 1, 1);
  expect(link.take()).toContainEqual({ do: "hangup", code: 1000 });
  expect(link.state.conversations.size).toBe(0);
  expect(link.pending().map((one) => one.text)).toEqual(["hi"]);
});

const LONG = { timeout: 60_000 + INPUTS * 20 };

test("whatever comes, the link throws nothing and stays bounded", LONG, () => run(0.004));
test("of what has the right shape, the views can be made", LONG, () => run(0));
