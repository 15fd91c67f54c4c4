/**
 * The messages of one conversation: which rows are rendered, where it scrolls, what counts as read, and the keyboard.
 *
 * Keeps no messages: rows follow from the chat's state (rows.ts), places from the viewport (viewport.ts), pages from paging.ts. One
 * instance for each opened conversation; opening another makes a new one.
 */

import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from "preact/hooks";
import type { Pending } from "../client/chat";
import type { Conversation } from "../client/state";
import { copyOnClick, copyText } from "./code";
import { Icon } from "./icons";
import { fromEnd, usePaging } from "./paging";
import { useReading } from "./reading";
import { drawRow } from "./row";
import { buildRows, countNew, isLive, type MessageRow, newestSeq, type Row } from "./rows";
import { S } from "./strings";
import type { Ui } from "./ui";
import { Viewport } from "./viewport";
import { titleOf } from "./words";

/** Farther from the end than this, px: offer the way back, though nothing is new. */
const FAR = 400;
/** Where the unread divider is put on opening, px below the top. */
const DIVIDER_AT = 48;

/** What lives as long as the timeline and is no reason to render. */
interface Place {
  viewport: Viewport;
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
}

function startPlace(conversation: Conversation, pending: Pending[]): Place {
  const { unread, read } = conversation.summary;
  const viewport = new Viewport();
  if (unread) viewport.place("unread", DIVIDER_AT);
  return {
    viewport,
    unreadAfter: unread ? read : null,
    seen: unread ? read : Number.MAX_SAFE_INTEGER,
    active: "",
    focus: false,
    far: false,
    wantsEnd: false,
    lastOwn: pending.at(-1)?.key ?? "",
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
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const kept = useRef<Place | null>(null);
  kept.current ??= startPlace(conversation, pending);
  const place = kept.current;
  const { viewport } = place;
  const me = ui.chat.me.value?.id ?? "";
  const paging = usePaging(ui, id, scroller, redraw);
  viewport.live = isLive(conversation);
  place.unreadAfter = useReading({ ui, id, conversation, scroller, after: place.unreadAfter });
  followOwn(place, pending, paging.newest);
  if (place.wantsEnd && viewport.live) {
    place.wantsEnd = false;
    viewport.pin();
  }

  const rows = useMemo(
    () => buildRows(conversation, pending, me, place.unreadAfter),
    [conversation, pending, me, place.unreadAfter],
  );
  const keys = useMemo(() => rows.map((row) => row.key), [rows]);
  const slice = viewport.choose(keys);
  if (!keys.includes(place.active)) place.active = rows.findLast((row) => row.kind === "message")?.key ?? "";
  if (viewport.pinned) place.seen = newestSeq(rows);

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
    paging.newest();
    place.wantsEnd = true;
    redraw();
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
  useEffect(paging.follow, [rows.length]);

  return (
    <div class="nbc-timeline">
      <div
        class="nbc-scroll"
        ref={scroller}
        role="log"
        // What arrives is said by the view's one polite line (announce.tsx): a live region here would read rows that scrolling brings in.
        aria-live="off"
        aria-label={S.timeline(titleOf(ui.chat, conversation.summary))}
        aria-busy={paging.busy}
        onScroll={onScroll}
        onClick={copyOnClick}
        onKeyDown={(event) => onKey(event, rows, place.active, moveTo, ui)}
        onFocusIn={(event) => {
          const key = (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset["key"];
          if (!key || key === place.active) return;
          place.active = key;
          redraw();
        }}
      >
        <div class="nbc-rows" ref={list}>
          <div style={{ height: `${slice.above}px` }} />
          {rows
            .slice(slice.from, slice.to)
            .map((row) => drawRow(row, { ui, id, conversation, me, active: place.active }))}
          <div style={{ height: `${slice.below}px` }} />
        </div>
      </div>
      {viewport.pinned ? null : (
        <Jump fresh={countNew(conversation, rows, place.seen)} far={place.far || !viewport.live} go={toEnd} />
      )}
    </div>
  );
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

/** Whoever writes wants to see it: an own new message goes to the end, and ends "New messages". */
function followOwn(place: Place, pending: Pending[], loadEnd: () => void): void {
  const newest = pending.at(-1)?.key ?? "";
  if (newest && newest !== place.lastOwn) {
    place.wantsEnd = true;
    place.unreadAfter = null;
    loadEnd();
  }
  place.lastOwn = newest;
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
