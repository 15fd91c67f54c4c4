/** Fetches a message that somebody wants to see, and finds out in which timeline it stands. */

import type { Message } from "../protocol/messages.gen";
import { inTimeline } from "./find";
import { S } from "./strings";
import type { Spot } from "./talk-state";
import { K } from "./talk-strings";
import type { Ui } from "./ui";
import { errorText } from "./words";

const isLoaded = (ui: Ui, { id, seq, thread }: Spot): boolean => {
  const known = ui.chat.conversation(id).peek();
  return known !== undefined && inTimeline(known, thread, seq) !== undefined;
};

/** Pages of the timeline that the spot names, until the message is there; false: it is not in this one. */
async function load(ui: Ui, spot: Spot): Promise<boolean> {
  const { id, seq, thread } = spot;
  if (thread === null) await ui.chat.around(id, seq);
  else while (!isLoaded(ui, spot) && (await ui.chat.olderReplies(id, thread)));
  return isLoaded(ui, spot);
}

async function lookup(ui: Ui, { id, seq }: Spot): Promise<Message | undefined> {
  const reply = await ui.chat.ask({ t: "lookup", conversation: id, seqs: [seq] });
  return reply.t === "found" ? reply.messages[0] : undefined;
}

/** In its thread, if it stands only there, else in the conversation. */
async function elsewhere(ui: Ui, spot: Spot): Promise<void> {
  const { id, seq, thread } = spot;
  const message = await lookup(ui, spot);
  const own = message?.also === false ? message.thread : null;
  if (!message || own === thread) {
    ui.note.value = K.noMessage;
    return;
  }
  if (own !== null) ui.talk.side.value = { kind: "thread", id, root: own };
  ui.talk.target.value = { id, seq, thread: own };
}

/** Loads it; the timeline that shows it waits for it to be in the state. */
export async function fetchTarget(ui: Ui, spot: Spot): Promise<void> {
  try {
    if (await load(ui, spot)) return;
    if (ui.talk.target.peek() !== spot) return;
    ui.talk.target.value = null;
    await elsewhere(ui, spot);
  } catch (error) {
    ui.talk.target.value = null;
    ui.note.value = errorText(error, S.broken);
  }
}
