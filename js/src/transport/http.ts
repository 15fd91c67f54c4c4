/** What a connection has to know of a hub before there is a stream: which hub it is, and who this browser is. One object a hub. */

import type { Question } from "../client/chat";
import type { Person } from "../protocol/messages.gen";
import { bodyOf, request } from "../util/http";

export type WhoAmI =
  | { state: "known"; person: Person; owner: boolean }
  | ({ state: "ask" } & Omit<Question, "knew">)
  | { state: "signed_out" }
  | { state: "unreachable" };

export class HubHttp {
  /** Whether the server knew who this browser is when it was last asked. */
  isKnown = false;

  /** `base` is absolute and ends in `/nbchat/`. */
  constructor(readonly base: string) {}

  /** The id of the hub's store; "absent" where the server says that there is no hub, "unreachable" where nobody answers. */
  async store(): Promise<{ id: string } | "absent" | "unreachable"> {
    const response = await request(this.base, "api/hub").catch(() => null);
    if (response === null || response.status >= 500) return "unreachable";
    const id: unknown = Object(await bodyOf(response)).store;
    return response.ok && typeof id === "string" ? { id } : "absent";
  }

  /** Whether the server knows who this browser is. */
  async whoAmI(): Promise<WhoAmI> {
    const response = await request(this.base, "api/me").catch(() => null);
    this.isKnown = false;
    if (response === null || response.status >= 500) return { state: "unreachable" };
    const body = await bodyOf(response);
    const known = response.ok && ["known", "ask"].includes(Object(body).state);
    if (!known) return { state: "signed_out" };
    this.isKnown = Object(body).state === "known";
    return body as WhoAmI;
  }
}
