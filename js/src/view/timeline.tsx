/**
 * The messages of one conversation, or of one of its threads: which rows are rendered, where it scrolls, and what counts as read.
 *
 * Keeps no messages: rows follow from the chat's state (rows.ts), places from the viewport (viewport.ts), pages from paging.ts, keys from
 * timeline-keys.ts. One instance for each opened timeline; opening another makes a new one.
 */

import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import type { Pending } from "../client/chat";
import type { Conversation } from "../client/state";
import { rangeAt, rangesOf } from "./find";
import { Icon } from "./icons";
import { fromEnd, usePaging } from "./paging";
import { onMenuOf } from "./press";
import { useReading } from "./reading";
import { drawRow, wanted } from "./row";
import { buildRows, countNew, isLive, markerOf, newestSeq, type Row, type Shown } from "./rows";
import { rowOf, spotOf } from "./spots";
import { S } from "./strings";
import { act, loadTalk, withTalk } from "./talk-state";
import { useTarget } from "./target";
import type { Ui } from "./ui";
import { Viewport } from "./viewport";
import { titleOf } from "./words";
import { useRows } from "./woven";

/** Farther from the end than this, px, about three rows: offer the way back, though nothing is new. */
const FAR = 100;
/** Where the unread divider is put on opening, px below the top. */
const DIVIDER_AT = 48;

/** What lives as long as the timeline and is no reason to render. */
interface Place {
  viewport: Viewport;
  /** A seq of the range that is on the screen, null: the newest one. */
  at: number | null;
  unreadAfter: number | null;
  /** Newest seq when the end was last on the screen. */
  seen: number;
  /** Key of the row with the Tab stop, and whether it is to get the focus. */
  active: string;
  focus: boolean;
  far: boolean;
  /** The end is asked for, but has yet to be loaded. */
  wantsEnd: boolean;
  /** Newest own message that waited when this was last drawn. */
  lastOwn: string;
  /** Opened with unread messages, and the divider is not on the screen yet. */
  opening: boolean;
  /** Opened with more unread messages than are loaded: the first of them is asked for, and nothing counts as read until it is here. */
  seeking: boolean;
}

function startPlace(conversation: Conversation, pending: Pending[], thread: number | null): Place {
  const { unread, read } = markerOf(conversation, thread);
  const viewport = new Viewport();
  const seeking = thread === null && unread > 0 && (conversation.ranges.at(-1)?.first ?? 0) > read + 1;
  if (unread && !seeking) viewport.place("unread", DIVIDER_AT);
  return {
    viewport,
    at: null,
    unreadAfter: unread ? read : null,
    seen: unread ? read : Number.MAX_SAFE_INTEGER,
    active: "",
    focus: false,
    far: false,
    wantsEnd: false,
    lastOwn: pending.at(-1)?.key ?? "",
    opening: unread > 0 && !seeking,
    seeking,
  };
}

/** The range that was on the screen has grown together with the newest one, or is not loaded any more. */
function forgetRange(place: Place, conversation: Conversation, thread: number | null): void {
  if (place.at === null) return;
  const ranges = rangesOf(conversation, thread);
  const range = rangeAt(ranges, place.at);
  if (!range || range === ranges.at(-1)) place.at = null;
}

interface TimelineProps {
  ui: Ui;
  id: string;
  conversation: Conversation;
  pending: Pending[];
  /** The root of the thread that it shows; left out: the conversation's own timeline. */
  thread?: number | null;
}

export function Timeline({ ui, id, conversation, pending, thread = null }: TimelineProps) {
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const kept = useRef<Place | null>(null);
  kept.current ??= startPlace(conversation, pending, thread);
  const place = kept.current;
  const { viewport } = place;
  const me = ui.chat.me.value?.id ?? "";
  const paging = usePaging(ui, id, scroller, () => ({ thread, at: place.at }), redraw);
  const wrote = followOwn(place, pending, paging.newest);
  forgetRange(place, conversation, thread);
  const shown: Shown = { thread, at: place.at };
  viewport.live = isLive(conversation, shown);
  const target = ui.talk.target.value;
  // Who is on the way to another message does not read what is on the screen meanwhile.
  const paused = place.seeking || (target?.id === id && target.thread === thread);
  const reading = useReading({ ui, id, conversation, scroller, shown, after: place.unreadAfter, paused, wrote });
  place.unreadAfter = reading.after;
  if (place.wantsEnd && viewport.live) {
    place.wantsEnd = false;
    viewport.pin();
  }

  const rows = useRows(ui, conversation, pending, place.unreadAfter, shown);
  const keys = useMemo(() => rows.map((row) => row.key), [rows]);
  const slice = viewport.choose(keys);
  if (viewport.pinned) place.seen = newestSeq(rows);
  const drawn = rows.slice(slice.from, slice.to);
  if (!keys.includes(place.active)) place.active = "";
  place.active = stopOf(place, drawn, scroller.current);
  const talk = ui.talk.parts.value;

  const onScroll = () => {
    const element = scroller.current;
    const moved = viewport.scrolled();
    const far = !!element && fromEnd(element) > FAR;
    const atEnd = viewport.pinned && place.seen < newestSeq(rows);
    if (moved || far !== place.far || atEnd) {
      place.far = far;
      redraw();
    }
    paging.follow();
  };

  const moveTo = (key: string | undefined) => {
    if (!key) return;
    place.active = key;
    place.focus = true;
    if (!viewport.element(key)) viewport.place(key, (scroller.current?.clientHeight ?? 0) / 2);
    redraw();
  };

  const toEnd = () => {
    place.at = null;
    paging.newest();
    place.wantsEnd = true;
    redraw();
  };

  useTarget(ui, conversation, thread, (seq) => {
    place.at = seq;
    place.seeking = false;
    forgetRange(place, conversation, thread);
    place.wantsEnd = false;
    const found = buildRows(conversation, pending, me, place.unreadAfter, { thread, at: place.at });
    const row = found.find((one) => one.kind === "message" && one.seq === seq);
    if (!row) return;
    place.active = row.key;
    // What is edited has the focus, and is marked, by itself.
    place.focus = ui.talk.editing.peek()?.seq !== seq;
    viewport.lead(row.key, (scroller.current?.clientHeight ?? 0) / 3, place.focus);
    redraw();
  });

  useLayoutEffect(() => {
    if (scroller.current && list.current) viewport.attach(scroller.current, list.current);
    openAt(place, scroller.current);
    viewport.settle();
    focusActive(place);
  });

  useEffect(() => {
    const [outer, inner] = [scroller.current, list.current];
    if (!outer || !inner) return;
    const observer = new ResizeObserver(() => {
      viewport.settle();
      // What grows below, as a message that is being written does, makes the end far without anybody scrolling.
      const far = fromEnd(outer) > FAR;
      if (far !== place.far) {
        place.far = far;
        redraw();
      }
    });
    observer.observe(outer);
    observer.observe(inner);
    // Moved to another place of the document, it has forgotten where it was scrolled to; what tells is that its animation starts again.
    const attached = (event: Event) => event.target === outer && viewport.restore();
    outer.addEventListener("animationstart", attached);
    return () => {
      observer.disconnect();
      outer.removeEventListener("animationstart", attached);
    };
  }, [viewport]);

  useEffect(reading.look, [rows, slice.from, slice.to]);
  // A page of history that does not fill the screen is no end of history.
  useEffect(paging.follow, [rows.length, place.at]);
  useOpening(ui, conversation, place, redraw);
  useEffect(() => {
    const seqs = wanted(drawn, conversation, thread);
    if (seqs.length) ui.chat.want(id, seqs);
  });

  const menu = onMenuOf((at: { clientX: number; clientY: number; target?: EventTarget | null }) => {
    // The menu key has no place: then it is the row that has the focus.
    const row = rowOf(at.target ?? document.activeElement);
    const spot = spotOf(row, id, thread);
    if (spot && row) act(ui, "menu", spot, at.target ? at : row);
  });

  return (
    <div class="nbc-timeline">
      <div
        class="nbc-scroll"
        ref={scroller}
        role="log"
        // What arrives is said by the view's one polite line (announce.tsx): a live region here would read rows that scrolling brings in.
        aria-live="off"
        aria-label={thread === null ? S.timeline(titleOf(ui.chat, conversation.summary)) : S.thread}
        aria-busy={paging.busy}
        onScroll={onScroll}
        onClick={(event) => withTalk(ui, (parts) => parts.onClick(event, ui))}
        onPointerDown={menu.onPointerDown}
        onContextMenu={(event) => talk?.hasOwnMenu(event) || menu.onContextMenu(event)}
        onPointerEnter={() => void loadTalk(ui)}
        onKeyDown={(event) =>
          withTalk(ui, (parts) => parts.onKey(event, { ui, id, thread, rows, active: () => place.active, moveTo }))
        }
        onFocusIn={(event) => {
          void loadTalk(ui);
          const key = rowOf(event.target)?.dataset["key"];
          if (!key || key === place.active) return;
          place.active = key;
          redraw();
        }}
      >
        <div class="nbc-rows" ref={list}>
          <div style={{ height: `${slice.above}px` }} />
          {drawn.map((row) => drawRow(row, { ui, id, conversation, me, active: place.active, thread }))}
          <div style={{ height: `${slice.below}px` }} />
          {talk ? <talk.Tools ui={ui} id={id} thread={thread} scroller={scroller} /> : null}
        </div>
      </div>
      {viewport.pinned ? null : (
        <Jump fresh={countNew(conversation, rows, place.seen, thread)} far={place.far || !viewport.live} go={toEnd} />
      )}
    </div>
  );
}

/** The row with the Tab stop: the one that has, or is to get, the focus; else the newest on the screen, so that Tab leads to what one sees. */
function stopOf(place: Place, drawn: Row[], scroller: HTMLElement | null): string {
  const isInside = place.focus || scroller?.contains(document.activeElement);
  const isDrawn = drawn.some((row) => row.key === place.active);
  if (place.active && (isInside || (isDrawn && !place.viewport.pinned))) return place.active;
  return drawn.findLast((row) => row.kind === "message")?.key ?? "";
}

/** Opened with more unread messages than are loaded: what is shown is where reading stopped. */
function useOpening(ui: Ui, { summary: { id, read } }: Conversation, place: Place, redraw: () => void): void {
  useEffect(() => {
    if (!place.seeking) return;
    const arrive = (found: boolean) => {
      // Who was led to another message meanwhile stays there, also where it stands among the newest ones.
      const isFree = place.seeking && place.at === null && !place.wantsEnd;
      place.seeking = false;
      if (found && isFree) {
        place.at = read + 1;
        place.viewport.place("unread", DIVIDER_AT);
      }
      redraw();
    };
    ui.chat.around(id, read + 1).then(arrive, () => arrive(false));
  }, []);
}

/** "↓ 3 new", or only the arrow where the end is far. */
function Jump({ fresh, far, go }: { fresh: number; far: boolean; go: () => void }) {
  if (!fresh && !far) return null;
  return (
    <button type="button" class={fresh ? "nbc-jump nbc-fresh" : "nbc-jump"} aria-label={S.newBelow(fresh)} onClick={go}>
      <Icon name="down" />
      {fresh ? S.newBelow(fresh) : null}
    </button>
  );
}

/** Whoever writes wants to see it: an own new message goes to the end, and ends "New messages". Says whether there is one. */
function followOwn(place: Place, pending: Pending[], loadEnd: () => void): boolean {
  const newest = pending.at(-1)?.key ?? "";
  const wrote = newest !== "" && newest !== place.lastOwn;
  if (wrote) {
    place.at = null;
    place.wantsEnd = true;
    place.unreadAfter = null;
    loadEnd();
  }
  place.lastOwn = newest;
  return wrote;
}

/** Opened with unread messages that all fit on the screen: the end is the better place. */
function openAt(place: Place, scroller: HTMLElement | null): void {
  const divider = place.opening ? place.viewport.element("unread") : null;
  if (!divider || !scroller) return;
  place.opening = false;
  const below = scroller.scrollHeight - divider.offsetTop;
  if (below + DIVIDER_AT <= scroller.clientHeight) place.viewport.pin();
}

function focusActive(place: Place): void {
  const element = place.focus ? place.viewport.element(place.active) : null;
  if (!element) return;
  place.focus = false;
  element.focus({ preventScroll: true });
  element.scrollIntoView?.({ block: "nearest" });
}
