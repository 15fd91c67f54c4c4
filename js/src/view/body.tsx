/** The text of a message, with colours for code, and marks for whom it names. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Mention } from "../protocol/messages.gen";
import { decorate, reachable } from "./code";
import { type Block, deedIn, grownNodes, toNodes } from "./markdown";
import type { Named } from "./marks";
import { setMath } from "./math";
import type { Ui } from "./ui";

/** In the place of a user id: everybody in the conversation. */
const EVERYBODY = "@all";

const isMe = (user: string, me: string): boolean => user === me || user === EVERYBODY;

/** Whether these mentions mean this person. */
export const mentionsMe = (mentions: Mention[], me: string): boolean => mentions.some(({ user }) => isMe(user, me));

/** One entry for a word. `@here` names many people, none of whom it leads to. */
function namedBy(mentions: Mention[], me: string): Named[] {
  const words = new Map<string, Named>();
  for (const { word, user } of mentions) {
    const known = words.get(word);
    words.set(word, {
      word,
      user: known && known.user !== user ? EVERYBODY : user,
      own: isMe(user, me) || (known?.own ?? false),
    });
  }
  return [...words.values()];
}

interface BodyProps {
  ui: Ui;
  text: string;
  /** Who says it: "/me waves" is drawn as what they do. */
  by: string;
  mentions: Mention[];
  active: boolean;
  /** It is still being written. */
  growing?: boolean;
}

export function Body({ ui, text: said, by, mentions, active, growing = false }: BodyProps) {
  const ref = useRef<HTMLDivElement>(null);
  const blocks = useRef<Block[]>([]).current;
  const me = ui.chat.me.value?.id ?? "";
  const named = namedBy(mentions, me);
  const deed = deedIn(said);
  const text = deed ?? said;
  const key = said + growing + JSON.stringify(named);
  useLayoutEffect(() => {
    const body = ref.current;
    if (!body) return;
    if (!growing) blocks.length = 0;
    const made = growing ? grownNodes(body, blocks, text, named) : toNodes(text, named);
    decorate(made, () => ui.chunks.get("highlight"));
    void setMath(made, ui.chunks);
    if (growing) body.append(made);
    else body.replaceChildren(made);
  }, [key]);
  useLayoutEffect(() => {
    if (ref.current) reachable(ref.current, active);
  }, [key, active]);
  // A deed runs as its words do, not as the name before them.
  const words = <div ref={ref} class="nbc-text" dir={deed ? undefined : "auto"} />;
  return deed ? (
    <div class="nbc-deed" dir="auto">
      <bdi class="nbc-strong">{by}</bdi> {words}
    </div>
  ) : (
    words
  );
}
