/** What stands under and beside a message: reactions, its thread, and that it was edited or pinned. */

import type { Message, Reaction } from "../protocol/messages.gen";
import { Face } from "./avatar";
import { Icon } from "./icons";
import { listOf, S } from "./strings";
import { act, type Spot } from "./talk-state";
import { clock, fullTime, shortTime } from "./time";
import type { Ui } from "./ui";
import { errorText } from "./words";

/** Names that a tooltip has; the others are counted. */
const NAMED = 20;
/** Faces of a thread. */
const FACES = 3;

interface Under {
  ui: Ui;
  spot: Spot;
  message: Message;
  active: boolean;
}

/** "You, Grace and 3 others" */
function whoReacted(ui: Ui, { users }: Reaction): string {
  const me = ui.chat.me.value?.id;
  const first = [...users].sort((a, b) => Number(b === me) - Number(a === me)).slice(0, NAMED);
  const names = first.map((user) => (user === me ? S.you : ui.chat.name(user)));
  return listOf(users.length > NAMED ? [...names, S.others(users.length - NAMED)] : names);
}

export function Reactions({ ui, spot, message, active }: Under) {
  const me = ui.chat.me.value?.id ?? "";
  const tabIndex = active ? 0 : -1;
  const press = ({ emoji, users }: Reaction, on: boolean, button: HTMLElement) => {
    // It goes away: the focus stays at the message.
    if (!on && users.length === 1) button.closest<HTMLElement>("[data-key]")?.focus({ preventScroll: true });
    const asked = ui.chat.ask({ t: "react", conversation: spot.id, message: spot.seq, emoji, on });
    asked.catch((error: unknown) => (ui.note.value = errorText(error, S.broken)));
  };
  return (
    <div class="nbc-reactions">
      {message.reactions.map((one) => {
        const mine = one.users.includes(me);
        const who = whoReacted(ui, one);
        return (
          <button
            key={one.emoji}
            type="button"
            class="nbc-reaction"
            tabIndex={tabIndex}
            aria-pressed={mine}
            aria-label={S.reacted(one.emoji, one.users.length, who)}
            data-tip={who}
            onClick={(event) => press(one, !mine, event.currentTarget)}
          >
            <span aria-hidden="true">{one.emoji}</span> {one.users.length}
          </button>
        );
      })}
      <button
        type="button"
        class="nbc-reaction"
        tabIndex={tabIndex}
        aria-label={S.react}
        title={S.react}
        onClick={(event) => act(ui, "react", spot, event.currentTarget)}
      >
        <Icon name="smile" />
      </button>
    </div>
  );
}

/** "4 replies, last 10:32" with faces; the dot says that there are unread ones. */
export function ThreadLine({ ui, spot, message, active, unread }: Under & { unread: number }) {
  const { replies } = message;
  if (!replies?.count) return null;
  return (
    <button
      type="button"
      class={unread ? "nbc-thread nbc-fresh-thread" : "nbc-thread"}
      tabIndex={active ? 0 : -1}
      onClick={() => act(ui, "thread", spot)}
    >
      {replies.users.slice(-FACES).map((user) => (
        <Face key={user} chat={ui.chat} user={user} />
      ))}
      <span class="nbc-strong">{S.replies(replies.count)}</span>
      <span class="nbc-quiet">{S.lastReply(shortTime(replies.last_at, ui.now.value))}</span>
      {unread ? <span class="nbc-badge">{S.fresh(unread)}</span> : null}
    </button>
  );
}

/** "edited", which shows what it said before, and the pin. */
export function Marks({ ui, spot, message, active }: Under) {
  const { edited_at: edited, pinned } = message;
  const pinnedBy = pinned === null ? "" : S.pinnedBy(ui.chat.name(pinned));
  return (
    <>
      {edited === null || message.deleted !== null ? null : (
        <button
          type="button"
          class="nbc-edited"
          tabIndex={active ? 0 : -1}
          title={S.editedAt(fullTime(edited, ui.now.value))}
          aria-label={S.editedAt(clock(edited))}
          onClick={() => act(ui, "versions", spot)}
        >
          {S.edited}
        </button>
      )}
      {pinned === null ? null : (
        <span class="nbc-pinned" role="img" title={pinnedBy} aria-label={pinnedBy}>
          <Icon name="pin" />
        </span>
      )}
    </>
  );
}
