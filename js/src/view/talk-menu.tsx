/** The menu of a message, and the emoji to react with: six at once, all others by the picker. */

import { useEffect, useRef, useState } from "preact/hooks";
import { react } from "../client/actions";
import { usePart } from "./chunks";
import { S } from "./strings";
import { act, isSaved, offers, type Subject, subjectOf } from "./talk-acts";
import { Glyph, type TalkIcon } from "./talk-icons";
import { Pop } from "./talk-over";
import type { Act, Over } from "./talk-state";
import { K } from "./talk-strings";
import type { Ui } from "./ui";
import { walk } from "./walk";
import { errorText } from "./words";

/** The ones that people use most in work chats. */
const QUICK = ["👍", "❤️", "😂", "🎉", "👀", "✅"];

const ITEMS = "[role=menuitem]";

/** Groups of the menu, and the key that does the same in the timeline (timeline-keys.ts). */
const GROUPS: [Act, string][][] = [
  [
    ["reply", "R"],
    ["thread", "T"],
    ["edit", "E"],
    ["forward", ""],
  ],
  [
    ["copy", "C"],
    ["link", ""],
    ["save", ""],
    ["pin", ""],
    ["unread", ""],
  ],
  [
    ["versions", ""],
    ["person", ""],
    ["report", ""],
    ["delete", "Del"],
  ],
];

function labelOf(ui: Ui, what: Act, open: Over, { message }: Subject): string {
  switch (what) {
    case "thread":
      return message.replies ? K.openThread : K.thread;
    case "pin":
      return message.pinned === null ? K.pin : K.unpin;
    case "save":
      return isSaved(ui, open.spot) ? K.unsave : K.save;
    case "person":
      return K.about(ui.chat.name(message.author));
    case "link":
      return K.copyLink;
    case "unread":
      return K.unreadFrom;
    case "delete":
      return K.remove;
    case "menu":
      return K.more;
    default:
      return K[what];
  }
}

/** A press on an emoji: joins, or leaves where one's own is there already. */
function choose(ui: Ui, { spot }: Over, emoji: string): void {
  const subject = subjectOf(ui, spot);
  const me = ui.chat.me.peek()?.id ?? "";
  const mine = subject?.message.reactions.find((one) => one.emoji === emoji)?.users.includes(me) ?? false;
  const asked = react(ui.chat, spot.id, spot.seq, emoji, !mine);
  asked.catch((error: unknown) => (ui.note.value = errorText(error, S.broken)));
  ui.talk.over.value = null;
}

function Quick({ ui, open, role, more }: { ui: Ui; open: Over; role?: "menuitem"; more: () => void }) {
  return (
    <div class="nbc-quick">
      {QUICK.map((emoji) => (
        <button
          key={emoji}
          type="button"
          role={role}
          tabIndex={role ? -1 : 0}
          aria-label={emoji}
          onClick={() => choose(ui, open, emoji)}
        >
          {emoji}
        </button>
      ))}
      <button
        type="button"
        role={role}
        tabIndex={role ? -1 : 0}
        aria-label={K.allEmoji}
        title={K.allEmoji}
        onClick={more}
      >
        <Glyph name="react" />
      </button>
    </div>
  );
}

export function Menu({ ui, open }: { ui: Ui; open: Over }) {
  const subject = subjectOf(ui, open.spot);
  useEffect(() => {
    const items = document.querySelectorAll<HTMLElement>(`.nbc-pop ${ITEMS}`);
    ([...items].find((one) => !one.closest(".nbc-quick")) ?? items[0])?.focus();
  }, []);
  if (!subject) return null;
  const inThread = open.spot.thread !== null;
  const groups = GROUPS.map((group) =>
    group.filter(([what]) => offers(ui, what, subject) && !(inThread && what === "thread")),
  ).filter((group) => group.length);
  const press = (what: Act) => {
    const { spot, x, y } = open;
    ui.talk.over.value = null;
    act(ui, what, spot, { clientX: x, clientY: y });
  };
  const onKey = (event: KeyboardEvent, root: HTMLElement) => {
    event.stopPropagation();
    if (event.key === "Tab") ui.talk.over.value = null;
    else walk(event, root, ITEMS);
  };
  return (
    <Pop ui={ui} open={open} label={K.actions} role="menu" onKey={onKey}>
      {offers(ui, "react", subject) ? (
        <Quick ui={ui} open={open} role="menuitem" more={() => (ui.talk.over.value = { ...open, kind: "react" })} />
      ) : null}
      {groups.map((group) => (
        <div key={group[0]?.[0]} class="nbc-pop-group">
          {group.map(([what, key]) => (
            <button
              key={what}
              type="button"
              role="menuitem"
              tabIndex={-1}
              class={what === "delete" || what === "report" ? "nbc-bad-text" : ""}
              onClick={() => press(what)}
            >
              <Glyph name={what as TalkIcon} />
              <span>{labelOf(ui, what, open, subject)}</span>
              {key ? <kbd>{key}</kbd> : null}
            </button>
          ))}
        </div>
      ))}
    </Pop>
  );
}

/** The picker; the six stay where it does not come. */
export function React({ ui, open }: { ui: Ui; open: Over }) {
  const root = useRef<HTMLDivElement>(null);
  const [isAll, setAll] = useState(true);
  const emoji = usePart(ui.chunks, "emoji", isAll);
  useEffect(() => root.current?.querySelector("button")?.focus(), []);
  const close = () => (ui.talk.over.value = null);
  const hasAll = isAll && emoji !== null && emoji !== "failed";
  return (
    <Pop ui={ui} open={open} label={K.react} role="dialog">
      {hasAll ? (
        <emoji.Picker onPick={(one) => choose(ui, open, one)} onClose={close} />
      ) : (
        <div ref={root}>
          <Quick ui={ui} open={open} more={() => setAll(true)} />
        </div>
      )}
    </Pop>
  );
}
