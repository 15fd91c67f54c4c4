/** The text of a message, with colours for code, and marks for whom it names. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Mention } from "../protocol/messages.gen";
import { decorate, reachable } from "./code";
import { toNodes } from "./markdown";
import { setMath } from "./math";
import type { Ui } from "./ui";

/** In the place of a user id: everybody in the conversation. */
const EVERYBODY = "@all";

const isMe = (user: string, me: string): boolean => user === me || user === EVERYBODY;

/** Whether these mentions mean this person. */
export const mentionsMe = (mentions: Mention[], me: string): boolean => mentions.some(({ user }) => isMe(user, me));

interface BodyProps {
  ui: Ui;
  text: string;
  mentions: Mention[];
  active: boolean;
}

export function Body({ ui, text, mentions, active }: BodyProps) {
  const ref = useRef<HTMLDivElement>(null);
  const me = ui.chat.me.value?.id ?? "";
  const named = mentions.map(({ word, user }) => ({ word, user, own: isMe(user, me) }));
  const key = text + JSON.stringify(named);
  useLayoutEffect(() => {
    if (!ref.current) return;
    ref.current.replaceChildren(toNodes(text, named));
    decorate(ref.current, () => ui.chunks.get("highlight"));
    void setMath(ref.current, ui.chunks);
  }, [key]);
  useLayoutEffect(() => {
    if (ref.current) reachable(ref.current, active);
  }, [key, active]);
  return <div ref={ref} class="nbc-text" dir="auto" />;
}
