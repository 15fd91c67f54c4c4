/** Who and what the scenes of the harness are made of: people, a team and its messages, as a working day has them. */

import type { Pending } from "../src/client/chat";
import type { Message, Status, Summary } from "../src/protocol/messages.gen";
import { toLine } from "../src/view/markdown";
import type { Ui } from "../src/view/ui";
import { conversation, message, pending, person, ScriptedChat, summary } from "../tests/kit/chat";

/** Today at 10:42 local time: the pictures are the same on every day. */
export const NOW = new Date(2026, 10, 20, 10, 42).getTime();
export const MINUTE = 60_000;
export const PEOPLE = ["Ada", "Grace Hopper", "Linus", "Barbara Liskov", "דנה כהן", "Edsger W. Dijkstra"];
export const ids = PEOPLE.map((name) => name.split(" ")[0]?.toLowerCase() ?? name);
export const [ADA, GRACE, LINUS, BARBARA, DANA, EDSGER] = ids as [string, string, string, string, string, string];

export const CODE = `Warm-up over 500 steps fixes it:

\`\`\`python
def learning_rate(step: int, peak: float = 3e-4, warm: int = 500) -> float:
    """Linear warm-up, then inverse square root."""
    if step < warm:
        return peak * step / warm      # up
    return peak * (warm / step) ** 0.5  # and slowly down again
\`\`\`

Same curve as in the \`baseline\` run.`;

const TABLE = `| run | loss | hours |
|:--|--:|--:|
| baseline | 0.142 | 3.1 |
| **warm-up** | **0.118** | 3.2 |`;

const LIST = `Before we freeze it:

1. rerun with *three* seeds
2. compare on the held-out set
   - [x] English
   - [ ] Hebrew
3. write it up, see <https://example.org/plan>`;

export const busyTexts: [author: string, text: string, minutesAgo: number, via?: Message["via"]][] = [
  [GRACE, "Morning! The run from last night is through.", 60 * 25],
  [GRACE, "Loss went up again after epoch 3 though.", 60 * 25 - 1],
  [ADA, "Looking.", 60 * 24 - 2],
  [LINUS, "It did that on my machine too.\nSecond GPU only,\nfirst one was fine.", 90],
  [BARBARA, LIST, 71],
  [ADA, "epoch 3: loss 0.121", 64, "session"],
  [ADA, "epoch 4: loss 0.118", 63, "session"],
  [GRACE, CODE, 48],
  [GRACE, "And the numbers:", 47],
  [GRACE, TABLE, 47],
  [ADA, "That is **much** better. Thank you!", 12],
  [ADA, "I’ll run the other two seeds on the big machine now, and post when they are through.", 11],
  [LINUS, "+1, good", 4],
];

export const hardTexts: [string, string, number][] = [
  [DANA, "שלום לכולם! המודל החדש מוכן לבדיקה.", 32],
  [DANA, "ההרצה נמצאת ב-`runs/42` ואפשר להתחיל", 31],
  [ADA, "תודה דנה, אני בודקת עכשיו", 28],
  [LINUS, `https://example.org/${"a-very-long-path-without-any-break/".repeat(5)}`, 25],
  [ADA, "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung".repeat(2), 22],
  [EDSGER, "<b>html</b> & <i>entities</i> <script>alert(1)</script> stay text", 20],
  [EDSGER, "![a picture](https://example.org/cat.png) is a link, not a request", 19],
  [GRACE, "> quoted words\n\n# A heading\nand `inline code` with ~~strikes~~", 10],
];

export function messages(rows: [author: string, text: string, minutesAgo: number, via?: Message["via"]][]): Message[] {
  return rows.map(([author, text, ago, via], index) =>
    message(index + 2, author, text, { at: NOW - ago * MINUTE, via: via ?? "page" }),
  );
}

export function statuses(users: string[]): Map<string, Status> {
  return new Map(
    users.map((user, index) => [user, { user, online: index < 3, last_seen: NOW - index * 40 * MINUTE }] as const),
  );
}

export function preview(author: string, text: string, ago: number): Summary["last"] {
  return { seq: 9, author, name: PEOPLE[ids.indexOf(author)] ?? author, at: NOW - ago * MINUTE, text, deleted: false };
}

export const DAY = 24 * 60;
export const others: Summary[] = [
  summary("grace", {
    kind: "direct",
    title: "",
    peer: GRACE,
    unread: 2,
    last: preview(GRACE, "Can you have a look at `runs/42`?", 7),
  }),
  summary("help-desk", {
    kind: "channel",
    title: "help-desk",
    handle: "help-desk",
    unread: 12,
    members: 148,
    last: preview(EDSGER, "Restart the kernel, then run the first cell again", 38),
  }),
  summary("paper", {
    title: "Paper draft",
    members: 3,
    last: preview(BARBARA, "Section 4 is in, please read it", 5 * 60),
  }),
  summary("linus", { kind: "direct", title: "", peer: LINUS, last: preview(ADA, "See you on Monday", DAY) }),
  summary("reading", {
    title: "Reading group: representation learning, Tuesdays",
    members: 9,
    last: preview(BARBARA, "Chapter 7 next", 3 * DAY),
  }),
  summary("dana", { kind: "direct", title: "", peer: DANA, last: preview(DANA, "תודה רבה", 20 * DAY) }),
  summary("me", {
    kind: "direct",
    title: "",
    peer: ADA,
    last: preview(ADA, "note to self: renew the token", 400 * DAY),
  }),
];

function lastOf(rows: Message[]): Summary["last"] {
  const last = rows.at(-1);
  return last ? preview(last.author, toLine(last.text), (NOW - last.at) / MINUTE) : null;
}

export function team(rows: Message[], more: Partial<Parameters<typeof conversation>[2]> = {}) {
  const about = summary("team", {
    title: "ml-team",
    members: 5,
    read: 99,
    last: lastOf(rows),
  });
  const users = [ADA, GRACE, LINUS, BARBARA, DANA];
  return conversation(about, rows, {
    members: users,
    online: 3,
    presence: statuses(users),
    marks: new Map(users.map((user, index) => [user, { user, delivered: 14, read: [14, 12, 14, 8, 0][index] ?? 0 }])),
    ...more,
  });
}

export function base(): ScriptedChat {
  const chat = new ScriptedChat();
  chat.offset.value = NOW - Date.now();
  chat.people.value = new Map(ids.map((id, index) => [id, PEOPLE[index] ?? id]));
  chat.directory = ids.map((id, index) => person(id, PEOPLE[index] ?? id));
  chat.channels = others.filter((row) => row.kind === "channel");
  chat.channels.push(summary("jobs", { kind: "channel", title: "jobs", handle: "jobs", members: 31, joined: false }));
  return chat;
}

export function queued(status: Pending["status"], text: string, index: number): Pending {
  const error = status === "failed" ? "This message has 10,412 characters; 10,000 is the most. Split it." : null;
  return pending(`q${index}`, "team", text, { at: NOW - (3 - index) * MINUTE, status, error });
}

export function busy(): ScriptedChat {
  const chat = base();
  chat.conversations.value = others;
  chat.has(team(messages(busyTexts), { typing: [GRACE, BARBARA], typing_count: 2 }));
  return chat;
}

/** One state of the view: the chat, what is open in it, and what is done then. */
export interface Scene {
  chat: ScriptedChat;
  open: string;
  /** May wait for what lazy parts bring, and ends when all is done. */
  act?: (root: HTMLElement, ui: Ui) => Promise<void> | void;
  /** Seq of the message that the composer answers. */
  reply?: number;
}

/** After so many frames what is not there is not coming. */
const PATIENCE = 1_000;

/** The next frame, drawn. */
export const frame = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

/** Waits for what a lazy part brings: looks for it in each frame. */
export async function coming<T>(find: () => T | null | undefined, what: () => string): Promise<T> {
  for (let turn = 0; turn < PATIENCE; turn++) {
    const found = find();
    if (found) return found;
    await frame();
  }
  throw new Error(`There is no ${what()}.`);
}

/** A button's words: a text, or how to find it in the tables, because the view may speak another language by then. */
export type Name = string | (() => string);

/** The words now. */
export const said = (name: Name): string => (typeof name === "string" ? name : name());

/** A button by its name, or by a part of it after `~`; where a sheet is open, in the sheet. */
function buttonCalled(root: HTMLElement, name: string): HTMLElement | undefined {
  const within = root.querySelector("[role=dialog]") ?? root;
  return [...within.querySelectorAll<HTMLElement>("button, [role=menuitem]")].find((one) => {
    const its = one.getAttribute("aria-label") ?? one.textContent?.trim() ?? "";
    return name.startsWith("~") ? its.includes(name.slice(1)) : its === name;
  });
}

/** Presses buttons one after the other; waits for each, because a lazy part may bring it. */
export function press(...names: Name[]): (root: HTMLElement) => Promise<void> {
  return async (root) => {
    for (const name of names) {
      const button = await coming(
        () => buttonCalled(root, said(name)),
        () => `button ${said(name)} to press`,
      );
      button.focus();
      button.click();
      await frame();
    }
  };
}
