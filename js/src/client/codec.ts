/** Frames to items and back; the only place that knows the wire is JSON. */

import type { AnyCommand, AnyFromHub, Described } from "../protocol/messages.gen";

/** A durable event of a kind that this client does not know: it moves the cursor, so that the next is no gap. */
export interface Unknown {
  t: "unknown";
  conversation: string;
  seq: number;
}

export type Item = AnyFromHub | Unknown;

/** Every kind of item; a record, so that a kind which is missing here is a type error. */
const KINDS: Record<AnyFromHub["t"], true> = {
  accepted: true,
  added: true,
  bye: true,
  channels: true,
  commands: true,
  conversations: true,
  created: true,
  deleted: true,
  described: true,
  done: true,
  edited: true,
  error: true,
  found: true,
  growing: true,
  hits: true,
  invited: true,
  joined: true,
  left: true,
  limited: true,
  links: true,
  log: true,
  members: true,
  muted: true,
  named: true,
  opened: true,
  own: true,
  page: true,
  people: true,
  pinned: true,
  pong: true,
  posted: true,
  presence: true,
  ranked: true,
  reacted: true,
  receipts: true,
  removed: true,
  reports: true,
  reset: true,
  snapshot: true,
  typing: true,
  unbanned: true,
  versions: true,
  welcome: true,
};

/** What a conversation can have another of; a record as above. */
const ASPECTS: Record<Described["changed"][number], true> = {
  title: true,
  topic: true,
  picture: true,
  archived: true,
  slow: true,
  announcements: true,
};

/** Half of a surrogate pair, which text that was cut may end with: no UTF-8 has it, so a hub could not read the frame. */
const HALF = /\p{Surrogate}/gu;

export function encodeCommand(command: AnyCommand): string {
  return JSON.stringify(command, (_, value) => (typeof value === "string" ? value.replace(HALF, "\ufffd") : value));
}

/**
 * Read a frame from a hub: the items in order, and how many are of unknown kinds. Of those, the durable ones stand in the list as
 * `Unknown`, because their `seq` counts. Null if it is no JSON array.
 */
export function decodeFrame(data: string): { items: Item[]; skipped: number } | null {
  let raw: unknown;
  try {
    raw = JSON.parse(data);
  } catch {
    return null;
  }
  if (!Array.isArray(raw)) return null;
  const items: Item[] = [];
  let skipped = 0;
  for (const one of raw) {
    if (isKnown(one)) {
      items.push(understood(one));
      continue;
    }
    skipped += 1;
    const { conversation, seq } = Object(one);
    if (typeof conversation === "string" && typeof seq === "number") items.push({ t: "unknown", conversation, seq });
  }
  return { items, skipped };
}

/** With what an earlier hub leaves out, and without what only a later version knows. */
function understood<T extends AnyFromHub>(item: T): T {
  if (item.t === "described")
    return { ...item, changed: (item.changed ?? []).filter((one) => Object.hasOwn(ASPECTS, one)) };
  if (item.t !== "snapshot" && item.t !== "page") return item;
  return { ...item, notices: (item.notices ?? []).filter(isKnown).map(understood) };
}

function isKnown(one: unknown): one is AnyFromHub {
  const kind: unknown = Object(one).t;
  return typeof kind === "string" && Object.hasOwn(KINDS, kind);
}
