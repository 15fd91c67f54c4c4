/**
 * The messages of one conversation: which rows are rendered, where it scrolls, what counts as read, and the keyboard.
 *
 * Keeps no messages: rows follow from the chat's state (rows.ts), places from the viewport (viewport.ts). One instance for each opened
 * conversation; opening another makes a new one.
 */

import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import type { Pending } from "../client/chat";
import type { Conversation } from "../client/state";
import { copyOnClick, copyText } from "./code";
import { Icon } from "./icons";
import { Message } from "./message";
import { useReading } from "./reading";
import { type Tick, tickOf } from "./receipts";
import { buildRows, countNew, type MessageRow, newestSeq, type Row } from "./rows";
import { S } from "./strings";
import { dayLabel } from "./time";
import type { Ui } from "./ui";
import { Viewport } from "./viewport";
import { titleOf } from "./words";

/** Closer to the oldest loaded message than this, px: fetch the page before it. */
const FETCH_AT = 600;
/** Farther from the end than this, px: offer the way back, though nothing is new. */
const FAR = 400;
const NO_TICK: Tick = { kind: "sent", n: 0, of: 0 };

/** What lives as long as the timeline and is no reason to render. */
interface Place {
  viewport: Viewport;
  unreadAfter: number | null;
  /** Newest seq when the end was last on the screen. */
  seen: number;
  active: string;
  focus: boolean;
  fetching: boolean;
  far: boolean;
  lastKey: string;
  /** Opened with unread messages, and the divider is not on the screen yet. */
  opening: boolean;
}

function startPlace(conversation: Conversation): Place {
  const { unread, read } = conversation.summary;
  const viewport = new Viewport();
  if (unread) viewport.place("unread", 48);
  return {
    viewport,
    unreadAfter: unread ? read : null,
    seen: unread ? read : Number.MAX_SAFE_INTEGER,
    active: "",
    focus: false,
    fetching: false,
    far: false,
    lastKey: "",
    opening: unread > 0,
  };
}

interface TimelineProps {
  ui: Ui;
  id: string;
  conversation: Conversation;
  pending: Pending[];
}

export function Timeline({ ui, id, conversation, pending }: TimelineProps) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const kept = useRef<Place | null>(null);
  kept.current ??= startPlace(conversation);
  const place = kept.current;
  const { viewport } = place;
  const me = ui.chat.me.value?.id ?? "";
  place.unreadAfter = useReading({ ui, id, conversation, scroller, after: place.unreadAfter });

  const rows = useMemo(
    () => buildRows(conversation, pending, me, place.unreadAfter),
    [conversation, pending, me, place.unreadAfter],
  );
  const keys = useMemo(() => rows.map((row) => row.key), [rows]);
  followOwn(place, rows);
  const slice = viewport.choose(keys);
  const shown = rows.slice(slice.from, slice.to);
  if (!keys.includes(place.active)) place.active = rows.findLast((row) => row.kind === "message")?.key ?? "";
  if (viewport.pinned) place.seen = newestSeq(rows);

  const fetchOlder = () => {
    const top = rows[0];
    if (place.fetching || top?.kind !== "start" || !top.more) return;
    if ((scroller.current?.scrollTop ?? 0) > FETCH_AT) return;
    place.fetching = true;
    void ui.chat
      .older(id)
      .catch(() => false)
      .then(() => {
        place.fetching = false;
        redraw(0);
      });
  };

  const reachesEnd = conversation.ranges.at(-1)?.last === conversation.cursor || conversation.ranges.length === 0;
  const fetchNewer = () => {
    const element = scroller.current;
    if (place.fetching || reachesEnd || !element) return;
    if (element.scrollHeight - element.scrollTop - element.clientHeight > FETCH_AT) return;
    place.fetching = true;
    void ui.chat
      .newer(id)
      .catch(() => false)
      .then(() => {
        place.fetching = false;
        redraw(0);
      });
  };

  /** To the end; where paging far up has dropped it, it is loaded again. */
  const toEnd = () => {
    if (!reachesEnd) void ui.chat.newest(id).catch(() => {});
    viewport.pin();
    redraw(0);
  };

  const onScroll = () => {
    const element = scroller.current;
    const moved = viewport.scrolled();
    const far = !!element && element.scrollHeight - element.scrollTop - element.clientHeight > FAR;
    const atEnd = viewport.pinned && place.seen < newestSeq(rows);
    if (moved || far !== place.far || atEnd) {
      place.far = far;
      redraw(0);
    }
    fetchOlder();
    fetchNewer();
  };

  const moveTo = (key: string | undefined) => {
    if (!key) return;
    place.active = key;
    place.focus = true;
    if (!viewport.element(key)) viewport.place(key, (scroller.current?.clientHeight ?? 0) / 2);
    redraw(0);
  };

  useLayoutEffect(() => {
    if (scroller.current && list.current) viewport.attach(scroller.current, list.current);
    openAt(place, scroller.current);
    viewport.settle();
    focusActive(place);
  });

  useEffect(() => {
    const [outer, inner] = [scroller.current, list.current];
    if (!outer || !inner) return;
    const observer = new ResizeObserver(() => viewport.settle());
    observer.observe(outer);
    observer.observe(inner);
    return () => observer.disconnect();
  }, [viewport]);

  // A page of history that does not fill the screen is no end of history.
  useEffect(fetchOlder, [rows.length]);

  const fresh = countNew(rows, place.seen);
  return (
    <div class="nbc-timeline">
      <div
        class="nbc-scroll"
        ref={scroller}
        role="log"
        // What arrives is said by the view's one polite line (announce.tsx): a live region here would read rows that scrolling brings in.
        aria-live="off"
        aria-label={S.timeline(titleOf(ui.chat, conversation.summary))}
        aria-busy={place.fetching}
        onScroll={onScroll}
        onClick={copyOnClick}
        onKeyDown={(event) => onKey(event, rows, place.active, moveTo, ui)}
        onFocusIn={(event) => {
          const key = (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset["key"];
          if (!key || key === place.active) return;
          place.active = key;
          redraw(0);
        }}
      >
        <div class="nbc-rows" ref={list}>
          <div style={{ height: `${slice.above}px` }} />
          {shown.map((row) => drawRow(row, { ui, id, conversation, me, active: place.active }))}
          <div style={{ height: `${slice.below}px` }} />
        </div>
      </div>
      {!reachesEnd || (!viewport.pinned && (fresh > 0 || place.far)) ? (
        <button
          type="button"
          class={fresh ? "nbc-jump nbc-fresh" : "nbc-jump"}
          aria-label={S.newBelow(fresh)}
          onClick={toEnd}
        >
          <Icon name="down" />
          {fresh ? S.newBelow(fresh) : null}
        </button>
      ) : null}
    </div>
  );
}

/** Whoever writes wants to see it: an own new message goes to the end, and ends "New messages". */
function followOwn(place: Place, rows: Row[]): void {
  const last = rows.at(-1);
  if (last?.kind !== "message" || last.key === place.lastKey) return;
  const isNew = place.lastKey !== "";
  place.lastKey = last.key;
  if (!isNew || !last.own || !last.pending) return;
  place.viewport.pin();
  place.unreadAfter = null;
}

/** Opened with unread messages that all fit on the screen: the end is the better place. */
function openAt(place: Place, scroller: HTMLElement | null): void {
  const divider = place.opening ? place.viewport.element("unread") : null;
  if (!divider || !scroller) return;
  place.opening = false;
  const below = scroller.scrollHeight - divider.offsetTop;
  if (below + 48 <= scroller.clientHeight) place.viewport.pin();
}

function focusActive(place: Place): void {
  if (!place.focus) return;
  place.focus = false;
  const element = place.viewport.element(place.active);
  element?.focus({ preventScroll: true });
  element?.scrollIntoView?.({ block: "nearest" });
}

/** Arrows, Home and End move between messages; C copies the one that has the focus. */
function onKey(
  event: KeyboardEvent,
  rows: Row[],
  active: string,
  moveTo: (key: string | undefined) => void,
  ui: Ui,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const messages = rows.filter((row): row is MessageRow => row.kind === "message");
  const at = messages.findIndex((row) => row.key === active);
  const there = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[event.key];
  const here = messages[at];
  if (there !== undefined) {
    event.preventDefault();
    moveTo(messages[Math.max(0, Math.min(there, messages.length - 1))]?.key);
  } else if (event.key.toLowerCase() === "c" && here && !event.shiftKey) {
    event.preventDefault();
    void copyText(here.text).then((done) => {
      if (done) ui.spoken.value = S.copiedMessage;
    });
  }
}

interface Around {
  ui: Ui;
  id: string;
  conversation: Conversation;
  me: string;
  active: string;
}

function drawRow(row: Row, around: Around) {
  const { ui, conversation } = around;
  switch (row.kind) {
    case "start":
      return (
        <p key={row.key} class="nbc-start">
          {row.more ? S.older : S.beginning(titleOf(ui.chat, conversation.summary))}
        </p>
      );
    case "day":
      return (
        <div key={row.key} class="nbc-rule">
          <span>{dayLabel(row.at, ui.now.value)}</span>
        </div>
      );
    case "unread":
      return (
        <div key={row.key} class="nbc-rule nbc-unread">
          <span>{S.newMessages}</span>
        </div>
      );
    case "message":
      return drawMessage(row, around);
  }
}

function drawMessage(row: MessageRow, { ui, id, conversation, me, active }: Around) {
  const tick = row.own ? tickOf(row, conversation, me) : NO_TICK;
  return (
    <Message
      key={row.key}
      ui={ui}
      conversation={id}
      rowKey={row.key}
      pendingKey={row.pending?.key ?? ""}
      error={row.pending?.error ?? ""}
      seq={row.seq}
      author={row.author}
      at={row.at}
      text={row.text}
      via={row.via}
      own={row.own}
      first={row.first}
      active={row.key === active}
      tick={row.own ? tick.kind : ""}
      n={tick.n}
      of={tick.of}
    />
  );
}
