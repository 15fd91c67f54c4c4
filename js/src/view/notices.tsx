/**
 * What happened to a conversation, as lines between its messages: who made it, who came and went, another topic, a pin; and of roles and muting what is
 * about oneself. Part of the lazy chunk `notices`. The table `LINES` has the words of each kind of `NOTICED`; a new kind is an entry there.
 * They are no messages: nothing to answer, to read or to count.
 */

import type { Conversation } from "../client/state";
import type { AnyDurable } from "../protocol/messages.gen";
import { NOTICED, NOTICES } from "../protocol/tables.gen";
import { duration } from "./duration";
import { findMessage } from "./find";
import { jump } from "./jump";
import { N } from "./notice-strings";
import type { Row } from "./rows";
import { listOf, S } from "./strings";
import { dayNumber, fullTime } from "./time";
import type { Ui } from "./ui";

type Noticed = Extract<AnyDurable, { t: (typeof NOTICED)[number] }>;
type Kind<T> = Extract<Noticed, { t: T }>;
type Words = { [T in Noticed["t"]]: (event: Kind<T>, run: Kind<T>[], ui: Ui) => string[] };

/** Of a run of people so many are named; of more, one less and how many others. */
const NAMED = 3;

const who = (ui: Ui, { author, name }: Noticed): string => ui.chat.name(author, name);

function names(all: string[]): string {
  const some = all.length > NAMED ? [...all.slice(0, NAMED - 1), S.others(all.length - NAMED + 1)] : all;
  return listOf(some);
}

/** One line for each part that is another. */
const ASPECTS = {
  title: (name, { title }) => N.renamed(name, title),
  topic: (name, { settings: { topic } }) => (topic ? N.topic(name, topic) : N.noTopic(name)),
  picture: (name, { settings: { picture } }) => (picture ? N.picture(name, picture) : N.noPicture(name)),
  archived: (name, { settings }) => (settings.archived ? N.archived : N.opened)(name),
  slow: (name, { settings: { slow } }) => (slow ? N.slow(name, duration(slow)) : N.notSlow(name)),
  announcements: (name, { settings }) => (settings.announcements ? N.announcements : N.everybody)(name),
} satisfies { [A in Kind<"described">["changed"][number]]: (name: string, event: Kind<"described">) => string };

const isMe = (ui: Ui, user: string): boolean => user === ui.chat.me.value?.id;

const LINES: Words = {
  created: (event, _, ui) => (event.kind === "direct" ? [] : [N.created(who(ui, event))]),
  joined(event, run, ui) {
    const people = names(run.map(({ person }) => ui.chat.name(person.id, person.name)));
    return [event.author === event.person.id ? N.joined(people) : N.added(who(ui, event), people)];
  },
  left(event, run, ui) {
    const people = names(run.map(({ user }) => ui.chat.name(user)));
    if (event.author === event.user) return [N.left(people)];
    const done = (event.banned ? N.banned : N.removed)(who(ui, event), people);
    return [event.reason ? N.because(done, event.reason) : done];
  },
  described: (event, _, ui) => event.changed.map((aspect) => ASPECTS[aspect](who(ui, event), event)),
  pinned: (event, _, ui) => [N.pinned(who(ui, event))],
  ranked: (event, _, ui) => (isMe(ui, event.user) ? [N.ranked(who(ui, event), N.roles[event.role])] : []),
  muted(event, _, ui) {
    if (!isMe(ui, event.user)) return [];
    const { until } = event;
    return [until === null ? N.unmuted(who(ui, event)) : N.muted(who(ui, event), fullTime(until, ui.now.value))];
  },
};

/** What a run says; nothing where it is about somebody else. */
export function wordsOf(ui: Ui, run: Noticed[]): string[] {
  const [event] = run;
  return event ? (LINES[event.t] as (event: Noticed, run: Noticed[], ui: Ui) => string[])(event, run, ui) : [];
}

/** What of the same follows each other is one line; empty: it stands alone. */
function runOf(event: Noticed): string {
  if (event.t === "joined") return `joined/${event.author === event.person.id ? "" : event.author}`;
  return event.t === "left" && event.author === event.user ? "left" : "";
}

function isNoticed(event: AnyDurable): event is Noticed {
  return NOTICED.some((kind) => kind === event.t);
}

interface NoticeProps {
  ui: Ui;
  conversation: string;
  run: Noticed[];
}

function Notice({ ui, conversation, run }: NoticeProps) {
  const last = run.at(-1);
  if (!last) return null;
  const time = fullTime(last.at, ui.now.value);
  return (
    <div class="nbc-notice" title={time}>
      {wordsOf(ui, run).map((line) => (
        <p key={line}>
          {line} <time class="nbc-hidden">{time}</time>
          {last.t === "pinned" ? <Show ui={ui} id={conversation} seq={last.message} /> : null}
        </p>
      ))}
    </div>
  );
}

/** The way to what was pinned, unless it is deleted. */
function Show({ ui, id, seq }: { ui: Ui; id: string; seq: number }) {
  const known = ui.chat.conversation(id).value;
  if (known && findMessage(known, seq)?.deleted) return null;
  return (
    <button type="button" class="nbc-link" onClick={() => jump(ui, id, seq)}>
      {N.show}
    </button>
  );
}

/** The lines of what happened between two messages; the one before stands at `after`, 0 if it is not here. */
function linesOf(
  ui: Ui,
  conversation: string,
  events: AnyDurable[],
  after: number,
): { key: string; at: number; row: Row }[] {
  const runs: Noticed[][] = [];
  for (const event of events.filter(isNoticed)) {
    const last = runs.at(-1);
    if (last?.[0] && runOf(event) && runOf(last[0]) === runOf(event)) last.push(event);
    else if (wordsOf(ui, [event]).length) runs.push([event]);
  }
  const lines = runs.map((run) => {
    const [{ seq, at }] = run as [Noticed];
    const key = `n/${seq}`;
    const draw = () => <Notice key={key} ui={ui} conversation={conversation} run={run} />;
    return { key, at, row: { kind: "notice" as const, key, draw } };
  });
  const [first] = lines;
  // Nothing is missing where the first one follows the message, or the beginning, at once.
  if (!first || events.length < NOTICES || events[0]?.seq === after + 1) return lines;
  const key = `${first.key}/earlier`;
  const draw = () => (
    <div key={key} class="nbc-notice">
      <p>{N.earlier}</p>
    </div>
  );
  return [{ key, at: first.at, row: { kind: "notice", key, draw } }, ...lines];
}

/**
 * Put what happened among the rows of a timeline, each with its day: behind the message before it, and before the divider of what is unread.
 * A message after it begins a run.
 */
export function weave(ui: Ui, { summary }: Conversation, notices: AnyDurable[], rows: Row[]): Row[] {
  const woven: Row[] = [];
  /** What stands before the next message: its day, the divider. */
  let before: Row[] = [];
  let day = Number.NaN;
  let next = 0;
  const put = (row: Row, at: number) => {
    if (dayNumber(at) !== day) woven.push({ kind: "day", key: `d/${dayNumber(at)}/${row.key}`, at });
    day = dayNumber(at);
    woven.push(row);
  };
  /** Seq of the message before. */
  let after = 0;
  const happened = (until: number): boolean => {
    const from = next;
    while ((notices[next]?.seq ?? until) < until) next += 1;
    const lines = linesOf(ui, summary.id, notices.slice(from, next), after);
    for (const { row, at } of lines) put(row, at);
    return lines.length > 0;
  };
  for (const row of rows) {
    if (row.kind === "day" || row.kind === "unread") before.push(row);
    else if (row.kind !== "message") woven.push(row);
    else {
      const isAfter = happened(row.seq ?? Number.POSITIVE_INFINITY);
      // The day of a message that has its line already, because something happened before it on that day.
      woven.push(...before.filter((one) => one.kind !== "day" || dayNumber(one.at) !== day));
      before = [];
      after = row.seq ?? after;
      day = dayNumber(row.at);
      woven.push(isAfter && !row.first ? { ...row, first: true } : row);
    }
  }
  happened(Number.POSITIVE_INFINITY);
  return woven;
}
