/**
 * A conversation as one part of the view looks at it: the same for as long as only what that part does not show is another. A part that is given
 * the same again is not drawn again, so who types costs a line, and what was read costs a badge. Part of the first load; knows no words.
 */

import { useRef } from "preact/hooks";
import type { Conversation } from "../client/state";

/** What the timeline shows nothing of, by the names of the fields. */
export const TIMELINE = /^(typing|thread_typing|presence|online)/;
/** The composer: who types is a line of its own. */
export const COMPOSER = /^(typing|thread_typing|online|marks|growing|cursor|read|unread|mentions|threads)/;
/** The header: it shows who is here, and nothing of the messages. */
export const HEADER = /^(typing|thread_|marks|growing|cursor|read|unread|mentions|threads|ranges|asides|last)/;

function isSame<T extends object>(one: T, other: T, ignored: RegExp): boolean {
  return (Object.keys(one) as (keyof T & string)[]).every(
    (key) =>
      one[key] === other[key] ||
      ignored.test(key) ||
      (key === "summary" && isSame(one[key] as object, other[key] as object, ignored)),
  );
}

/** The conversation, or what it was before, where nothing is another but what is `ignored`, in it or in its row. */
export function useStill<T extends Conversation | undefined>(now: T, ignored: RegExp): T {
  const kept = useRef(now);
  if (!now || !kept.current || !isSame(now, kept.current, ignored)) kept.current = now;
  return kept.current;
}
