/**
 * What a view asks of the server beside the stream: to be taken for somebody, and where the data is. Each rejects with a `ChatError`, whose
 * `text` is for people. Only the sheets need it, so it is in their lazy chunk and not in the widget. Holds no state.
 */

import { bodyOf, posting, request } from "../util/http";
import { type Chat, ChatError } from "./chat";

/** After these the server may know all the same who this is: the answer to an answer was lost. */
const UNSURE = ["unreachable", "forbidden"];

/**
 * Answer the server's question, then connect: the owner on another device, or somebody new with this name. Also where it is not known whether the
 * answer was taken: then the server says who this is, or asks again.
 */
export async function identify(chat: Chat, answer: { owner: true } | { owner: false; name: string }): Promise<void> {
  const said = posting(answer.owner ? { choice: "owner" } : { choice: "new", name: answer.name });
  try {
    await ask(chat, "api/me", said);
  } catch (error) {
    if (error instanceof ChatError && UNSURE.includes(error.code)) chat.retryNow();
    throw error;
  }
  chat.retryNow();
}

/** Where the data is, how to back it up and delete it; only for people who may know. */
export async function whereIsTheData(chat: Chat): Promise<{ where: string; backup: string; remove: string }> {
  return (await ask(chat, "api/data")) as { where: string; backup: string; remove: string };
}

async function ask(chat: Chat, path: string, init?: RequestInit): Promise<unknown> {
  const base = chat.pageUrl.peek();
  if (base === null)
    throw new ChatError("forbidden", "This page reaches its hub only through the kernel; ask in Python.");
  const response = await request(base, path, init).catch(() => null);
  if (response === null)
    throw new ChatError("unreachable", `The server at ${base} does not answer. Try again when it is back.`);
  const body = await bodyOf(response);
  if (response.ok) return body;
  const { code, text } = Object(body);
  if (typeof code === "string" && typeof text === "string") throw new ChatError(code, text);
  throw new ChatError("internal", `The server answered with ${response.status}. Its log says why.`);
}
