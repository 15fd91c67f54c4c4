/** What of the hub is no stream: which hub it is, who this browser is, where the data is. One object a hub. */

import { ChatError, type Question } from "../client/chat";
import type { Person } from "../protocol/messages.gen";

/** After which a server that says nothing is taken to be away, ms. */
const TIMEOUT = 5_000;

export type WhoAmI =
  | { state: "known"; person: Person; owner: boolean }
  | ({ state: "ask" } & Question)
  | { state: "signed_out" }
  | { state: "unreachable" };

export type Answer = { owner: true } | { owner: false; name: string };

export class HubHttp {
  /** Whether the server knew who this browser is when it was last asked. */
  isKnown = false;

  /** `base` is absolute and ends in `/nbchat/`. */
  constructor(readonly base: string) {}

  /** The id of the hub's store; "absent" where the server says that there is no hub, "unreachable" where nobody answers. */
  async store(): Promise<{ id: string } | "absent" | "unreachable"> {
    const response = await this.#fetch("api/hub").catch(() => null);
    if (response === null || response.status >= 500) return "unreachable";
    const id: unknown = Object(await bodyOf(response)).store;
    return response.ok && typeof id === "string" ? { id } : "absent";
  }

  /** Whether the server knows who this browser is. */
  async whoAmI(): Promise<WhoAmI> {
    const response = await this.#fetch("api/me").catch(() => null);
    this.isKnown = false;
    if (response === null || response.status >= 500) return { state: "unreachable" };
    const body = await bodyOf(response);
    const known = response.ok && ["known", "ask"].includes(Object(body).state);
    if (!known) return { state: "signed_out" };
    this.isKnown = Object(body).state === "known";
    return body as WhoAmI;
  }

  /** Tell the server who this browser is. Throws ChatError where it refuses. */
  async identify(answer: Answer): Promise<void> {
    const body = answer.owner ? { choice: "owner" } : { choice: "new", name: answer.name };
    await this.#ask("api/me", posting(body));
  }

  /** Where the data is. Throws ChatError for people who may not know. */
  async data(): Promise<{ where: string; backup: string; remove: string }> {
    return (await this.#ask("api/data")) as { where: string; backup: string; remove: string };
  }

  async #ask(path: string, init: RequestInit = {}): Promise<unknown> {
    const response = await this.#fetch(path, init).catch(() => null);
    if (response === null) {
      throw new ChatError("unreachable", `The server at ${this.base} does not answer. Try again when it is back.`);
    }
    const body = await bodyOf(response);
    if (response.ok) return body;
    const { code, text } = Object(body);
    if (typeof code === "string" && typeof text === "string") throw new ChatError(code, text);
    throw new ChatError("internal", `The server answered with ${response.status}. Its log says why.`);
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(TIMEOUT);
    return fetch(new URL(path, this.base), { credentials: "same-origin", cache: "no-store", ...init, signal });
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch(() => null);
}

/** A request that says this as JSON, and shows that a page of this origin made it. */
export const posting = (said: object) => ({
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "X-XSRFToken": /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? "",
  },
  body: JSON.stringify(said),
});
