/**
 * In the list: who brought the person into a conversation in which nothing was written since. The hub is asked for what happened there last,
 * once for each such row. Part of the lazy chunk `notices`; without an answer the row says what it says else.
 */

import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../client/chat";
import type { AnyDurable, Summary } from "../protocol/messages.gen";
import { N } from "./notice-strings";
import type { Ui } from "./ui";

/** By conversation and where one came: who it was; empty: oneself, or nobody knows. */
const known = new WeakMap<Chat, Map<string, Promise<string>>>();

/** Whether somebody became a member by it, at the beginning of the conversation or later. */
function bringsIn(event: AnyDurable, user: string | undefined): boolean {
  if (event.t === "created") return event.people.some(({ id }) => id === user);
  return event.t === "joined" && event.person.id === user;
}

/** The user id of who brought the person in. */
async function bringer(chat: Chat, id: string): Promise<string> {
  const me = chat.me.peek()?.id;
  const reply = await chat.ask({ t: "history", conversation: id, limit: 1 });
  const came = reply.t === "page" ? reply.notices.filter((one) => bringsIn(one, me)).at(-1) : null;
  return came && came.author !== me ? came.author : "";
}

function ask(chat: Chat, { id, read }: Summary): Promise<string> {
  const all = known.get(chat) ?? new Map<string, Promise<string>>();
  known.set(chat, all);
  const key = `${id}/${read}`;
  const asked = all.get(key) ?? bringer(chat, id).catch(() => "");
  all.set(key, asked);
  return asked;
}

export function Came({ ui, summary, children }: { ui: Ui; summary: Summary; children: VNode }) {
  const [by, setBy] = useState("");
  useEffect(() => {
    let current = true;
    void ask(ui.chat, summary).then((user) => current && setBy(user));
    return () => {
      current = false;
    };
  }, [summary.id, summary.read]);
  return by ? <span dir="auto">{N.invitedYou(ui.chat.name(by))}</span> : children;
}
