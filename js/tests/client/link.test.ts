import { describe, expect, test } from "vitest";
import type { Asked } from "../../src/client/chat";
import { Link } from "../../src/client/link";
import { type Output, type Pending, pendingOf as waiting } from "../../src/client/outputs";
import type { OwnRow, Pointer } from "../../src/protocol/messages.gen";
import { assertHolds, plain, readPlays } from "./vectors";

interface Step {
  at: number;
  do: string;
  then: unknown[];
  info?: unknown;
  timer?: number | null;
  pending?: string[][];
  state?: unknown;
  conversation: string;
  text: string;
  key: string;
  items: unknown[];
  code: number | null;
  orphans: [string, string, string, number][];
  command: Asked;
  seq: number;
  active: boolean;
  root: number;
  seqs: number[];
  value: OwnRow["value"];
  reply: number | null;
  thread: number | null;
  also: boolean;
  forward: Pointer | null;
  store: string;
  user: string;
}

const plays = readPlays<Step>("link");

describe("the link does what the shared vectors say", () => {
  test.each(plays.map((play) => [play.name, play] as const))("%s", (_, play) => {
    let minted = 0;
    const mint = () => `key-${String(++minted).padStart(5, "0")}`;
    const link = new Link(play.kind ?? "page", "vectors", mint, () => 0.5);
    for (const step of play.steps) {
      perform(link, step);
      check(link, step, `at ${step.at}: ${step.do}`);
    }
    if (play.state) assertHolds(plain(link.state), play.state, "state");
  });

  test("there are vectors", () => expect(plays.length).toBeGreaterThanOrEqual(30));
});

function check(link: Link, step: Step, where: string): void {
  const outputs = link.take().map(show);
  expect(
    outputs.filter((one) => one !== null),
    where,
  ).toEqual(step.then);
  if (step.info) assertHolds(plain({ ...link.info, retry_at: rounded(link.info.retry_at) }), step.info, where);
  if (step.timer !== undefined) expect(rounded(link.timer()), where).toBe(step.timer);
  if (step.state) assertHolds(plain(link.state), step.state, where);
  if (step.pending) expect(link.pending().map(standing)).toEqual(step.pending);
}

const DO: Record<string, (link: Link, step: Step) => void> = {
  start: (link, { at }) => link.start(at),
  connected: (link, { at }) => link.connected(at),
  tick: (link, { at }) => link.tick(at),
  wake: (link, { at }) => link.wake(at),
  retry_now: (link, { at }) => link.retryNow(at),
  disconnected: (link, { at, code }) => link.disconnected(code, at),
  received: (link, { at, text, items }) => link.received(text ?? JSON.stringify(items), at),
  post: (link, { at, conversation, text, reply, thread, also, forward }) =>
    link.post(conversation, text, at, null, 0, { reply, thread, also, forward }),
  adopt: (link, { at, orphans }) => link.adopt(orphans.map(pendingOf), at),
  expect: (link, { store, user }) => link.expect(store, user),
  retry: (link, { at, key }) => link.retry(key, at),
  discard: (link, { key }) => link.discard(key),
  request: (link, { at, command }) => link.request(command, at),
  watch: (link, { at, conversation }) => link.watch(conversation, at),
  unwatch: (link, { at, conversation }) => link.unwatch(conversation, at),
  thread: (link, { at, conversation, root }) => link.thread(conversation, root, at),
  unthread: (link, { at, conversation, root }) => link.unthread(conversation, root, at),
  want: (link, { at, conversation, seqs }) => link.want(conversation, seqs, at),
  set_own: (link, { at, key, value }) => link.setOwn(key, value, at),
  flush: (link, { at }) => link.flush(at),
  read: (link, { at, conversation, seq, thread }) => link.read(conversation, seq, at, thread),
  typing: (link, { at, conversation, active, thread }) => link.typing(conversation, active, at, thread),
};

function perform(link: Link, step: Step): void {
  const action = DO[step.do];
  if (!action) throw new Error(`the vectors have no such step: ${step.do}`);
  action(link, step);
}

/** Its key and status; of a failed one also which error it was. */
const standing = ({ key, status, code }: Pending) => (code === null ? [key, status] : [key, status, code]);

function pendingOf([key, conversation, text, at]: [string, string, string, number]): Pending {
  return waiting(key, conversation, text, at, {});
}

function show(output: Output): unknown {
  switch (output.do) {
    case "transmit":
      return { transmit: JSON.parse(output.data) };
    case "connect":
      return { connect: true };
    case "hangup":
      return { hangup: output.code };
    case "keep":
      return { keep: output.pending.key };
    case "forget":
      return { forget: output.key };
    case "settled":
      return { settled: [output.pending.key, output.seq] };
    case "refused":
      return { refused: [output.pending.key, output.error.code] };
    case "resolved":
      return { resolved: [output.ref, output.reply.t === "error" ? output.reply.code : output.reply.t] };
    case "identity":
      return { identity: [output.store, output.user] };
    case "touched":
    case "state":
      return null;
  }
}

/** Times to the microsecond: both languages add them up in their own order. */
function rounded(time: number | null): number | null {
  return time === null ? null : Math.round(time * 1e6) / 1e6;
}
