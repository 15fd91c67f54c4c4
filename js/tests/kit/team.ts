/** The channel that most tests of the view look at: Ada, Bob and Cy, two messages, and one that waits. */

import type { Pending } from "../../src/client/chat";
import { conversation, message, pending, ScriptedChat, summary } from "./chat";

export const NOW = Date.now();

export function team(): ScriptedChat {
  const chat = new ScriptedChat();
  chat.people.value = new Map([
    ["ada", "Ada"],
    ["bob", "Bob"],
    ["cy", "Cy"],
  ]);
  const about = summary("team", { title: "ml-team", members: 3, read: 3 });
  const messages = [message(2, "bob", "hello", { at: NOW }), message(3, "ada", "hi", { at: NOW })];
  chat.has(
    conversation(about, messages, {
      members: ["ada", "bob", "cy"],
      online: 2,
      presence: new Map([
        ["bob", { user: "bob", online: true, last_seen: null }],
        ["cy", { user: "cy", online: false, last_seen: null }],
      ]),
    }),
  );
  return chat;
}

/** An own message that is not sent yet. */
export const waiting = (more: Partial<Pending> = {}): Pending =>
  pending("k9", "team", "later", { at: NOW, status: "waiting", ...more });
