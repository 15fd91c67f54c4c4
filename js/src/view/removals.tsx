/**
 * Tells a person that somebody has taken them out of a conversation: who, and why if they said so; a line over the view, until it is closed
 * or one is a member again. Part of the lazy chunk `notices`.
 */

import { useEffect, useState } from "preact/hooks";
import type { Removal } from "../client/state";
import { N } from "./notice-strings";
import { Tool } from "./tool";
import type { Ui } from "./ui";

/** "Ada removed you from “Plans”. The reason: “…”" */
function wordsOf(ui: Ui, { title, left }: Removal): string {
  const who = ui.chat.name(left.author, left.name);
  const done = (left.banned ? N.bannedYou : N.removedYou)(who, title);
  return left.reason ? `${done} ${N.reason(left.reason)}` : done;
}

function Line({ ui, id, removal }: { ui: Ui; id: string; removal: Removal }) {
  const [isSeen, setSeen] = useState(false);
  const isBack = ui.chat.conversation(id).value?.summary.joined;
  const words = wordsOf(ui, removal);
  useEffect(() => {
    if (isBack) setSeen(true);
    else if (!isSeen) ui.spoken.value = words;
  }, [isBack, words]);
  if (isSeen || isBack) return null;
  return (
    <div class="nbc-alert">
      <span dir="auto">{words}</span>
      <Tool icon="close" name={N.close} act={() => setSeen(true)} />
    </div>
  );
}

export function Removals({ ui }: { ui: Ui }) {
  return (
    <div class="nbc-removals">
      {[...ui.chat.removals.value].map(([id, removal]) => (
        <Line key={`${id}/${removal.left.seq}`} ui={ui} id={id} removal={removal} />
      ))}
    </div>
  );
}
