/**
 * Above the composer: why messages wait although there is a connection, for who has more of them there than the first, at which it is said in full;
 * else the rule of slow mode. Part of the lazy chunk `compose`. Says only what the hub has refused, and nothing of what failed for good.
 */

import { C } from "./compose-strings";
import type { ComposerProps } from "./composer";
import { isRefused } from "./message";
import { Slow } from "./slow";

export function Held(props: ComposerProps) {
  const { ui, id } = props;
  const held = ui.chat.pending(id).value.find((one) => one.status !== "failed" && isRefused(one));
  const words: Record<string, string> = C.held;
  return (
    <>
      {held ? null : <Slow {...props} />}
      {/* Always there: a screen reader says what comes into it. */}
      <span class="nbc-note nbc-held" role="status">
        {held ? (words[held.code ?? ""] ?? C.held.other) : ""}
      </span>
    </>
  );
}
