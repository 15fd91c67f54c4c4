/** The hub's HTTP as a view meets it: what it is asked is noted, what it answers is the test's word. */

import { afterEach, vi } from "vitest";

/** Where it is; a chat whose `pageUrl` this is reaches it. */
export const HUB = "http://localhost/nbchat/";

afterEach(() => vi.unstubAllGlobals());

/** Answers until the test ends. Returns what was asked: the path below the hub, and the body, null for none. */
export function serves(answer: () => Response): [path: string, body: unknown][] {
  const asked: [string, unknown][] = [];
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    asked.push([url.href.slice(HUB.length), JSON.parse(String(init.body ?? "null"))]);
    return answer();
  });
  return asked;
}
