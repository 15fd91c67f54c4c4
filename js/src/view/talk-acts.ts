/** What each action on a message does, and to whom it is offered. The hub decides what is allowed (docs/policy.md); this only spares people a refusal. */

import { pin, unreadFrom } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Message } from "../protocol/messages.gen";
import { copyText } from "./copy";
import { findMessage } from "./find";
import { deedIn } from "./markdown";
import { S } from "./strings";
import { type Act, type Over, replyTo, type Spot } from "./talk-state";
import { K } from "./talk-strings";
import type { Ui } from "./ui";
import { errorText } from "./words";

/** What the menu is about. */
export interface Subject {
  conversation: Conversation;
  message: Message;
}

/** The message of a spot, if the client has it. */
export function subjectOf(ui: Ui, { id, seq }: Spot): Subject | null {
  const conversation = ui.chat.conversation(id).value;
  const message = conversation && findMessage(conversation, seq);
  return message ? { conversation, message } : null;
}

/** Whether the person may write at all: a member, not muted, not in what is archived or only a picture. */
function mayChange(ui: Ui, { summary }: Conversation): boolean {
  const isMuted = summary.muted !== null && summary.muted > ui.now.value;
  return summary.joined && !summary.settings.archived && !isMuted && ui.chat.connection.value.state !== "frozen";
}

const moderates = ({ summary: { role } }: Conversation): boolean => role === "owner" || role === "moderator";

/** Of what is deleted only the surroundings are left. */
function offersDeleted(what: Act, { conversation, message }: Subject): boolean {
  if (what === "thread") return message.replies !== null;
  if (what === "unread") return conversation.summary.joined;
  return what === "menu" || what === "link" || what === "person";
}

/** Whether to offer an action. */
export function offers(ui: Ui, what: Act, subject: Subject): boolean {
  const { conversation, message } = subject;
  if (message.deleted !== null) return offersDeleted(what, subject);
  const { kind, settings, role, joined } = conversation.summary;
  const own = message.author === ui.chat.me.value?.id;
  const writes = mayChange(ui, conversation);
  const only = settings.announcements && !moderates(conversation);
  const isModerated = kind !== "direct";
  const rules: Record<Act, boolean> = {
    thread: message.replies !== null || writes,
    reply: writes && (!only || message.thread !== null),
    react: writes,
    edit: own && writes && message.forwarded === null,
    delete: own ? joined : isModerated && moderates(conversation),
    pin: writes && !only && role !== "guest",
    report: !own && joined && isModerated,
    versions: joined && message.edited_at !== null,
    unread: joined,
    save: joined,
    copy: true,
    forward: true,
    person: !own,
    menu: true,
    link: true,
  };
  return rules[what];
}

/** The link that opens the message: of the page, or where there is none its short form. */
function linkTo(ui: Ui, { id, seq }: Spot): string {
  const page = ui.chat.pageUrl.peek();
  return page ? `${page}#c/${encodeURIComponent(id)}/${seq}` : `${id}/${seq}`;
}

export const isSaved = (ui: Ui, { id, seq }: Spot): boolean =>
  (ui.chat.own.value.get(`saved:${id}/${seq}`)?.value ?? null) !== null;

/** What a message says, as it makes sense elsewhere: there "/me" is nobody. */
function markdownOf(ui: Ui, { author, text, forwarded }: Message): string {
  const said = text || (forwarded?.text ?? "");
  const deed = deedIn(said);
  return deed ? `${text ? ui.chat.name(author) : (forwarded?.name ?? "")} ${deed}` : said;
}

/** Say that it is done: to those who hear, and to those who see. */
function answer(ui: Ui, words: string): void {
  ui.spoken.value = words;
  ui.talk.told.value = { words };
}

async function copy(ui: Ui, text: string, said: string): Promise<void> {
  if (await copyText(text)) answer(ui, said);
  else ui.note.value = K.noClipboard;
}

function open(ui: Ui, kind: Over["kind"], spot: Spot, at?: Element | { clientX: number; clientY: number }): void {
  const box = at instanceof Element ? at.getBoundingClientRect() : null;
  const asked = at as { clientX: number; clientY: number } | undefined;
  const x = box ? (box.width > 100 ? (box.left + box.right) / 2 : box.left) : (asked?.clientX ?? 0);
  const y = box ? (box.width > 100 ? Math.min(box.bottom, box.top + 40) : box.bottom) : (asked?.clientY ?? 0);
  const beside = box && box.width > 100 ? (at as Element).querySelector(".nbc-bubble") : null;
  ui.talk.over.value = { kind, spot, x, y, beside };
}

function save(ui: Ui, spot: Spot): void {
  const saved = isSaved(ui, spot);
  ui.chat.setOwn(`saved:${spot.id}/${spot.seq}`, saved ? null : Date.now() + ui.chat.offset.peek());
  answer(ui, saved ? K.isUnsaved : K.isSaved);
}

/** Do it, or open what asks for more; `at` is where a menu stands. */
export function act(ui: Ui, what: Act, spot: Spot, at?: Element | { clientX: number; clientY: number }): void {
  const subject = subjectOf(ui, spot);
  if (!subject) return;
  if (offers(ui, what, subject)) perform(ui, what, spot, subject.message, at);
  else if (what === "edit") ui.spoken.value = K.notOwn;
}

function perform(ui: Ui, what: Act, spot: Spot, message: Message, at: Parameters<typeof act>[3]): void {
  const { id, seq, thread } = spot;
  const tell = (work: Promise<unknown>, said = "") =>
    void work.then(
      () => (ui.spoken.value = said),
      (error: unknown) => (ui.note.value = errorText(error, S.broken)),
    );
  switch (what) {
    case "reply":
      replyTo(ui.talk, id, thread, seq);
      break;
    case "thread":
      ui.talk.side.value = { kind: "thread", id, root: message.thread ?? seq };
      break;
    case "edit":
      ui.talk.editing.value = spot;
      break;
    case "pin":
      tell(pin(ui.chat, id, seq, message.pinned === null), message.pinned === null ? K.isPinned : K.isUnpinned);
      break;
    case "save":
      save(ui, spot);
      break;
    case "unread":
      tell(unreadFrom(ui.chat, id, seq, thread ?? undefined), K.isUnread);
      break;
    case "copy":
      void copy(ui, markdownOf(ui, message), K.copiedMessage);
      break;
    case "link":
      void copy(ui, linkTo(ui, spot), K.copiedLink);
      break;
    case "person":
      ui.show("person", message.author);
      break;
    default:
      open(ui, what, spot, at);
  }
}
