/** Requests to the hub that serves this page, with the browser's login; what is no stream goes by these. */

/** After which a server that says nothing is taken to be away, ms. */
const TIMEOUT = 5_000;

/** Ask for `path` below `base`, which ends in `/`. Rejects where nobody answers in time. */
export function request(base: string, path: string, init: RequestInit = {}): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT);
  return fetch(new URL(path, base), { credentials: "same-origin", cache: "no-store", ...init, signal });
}

/** What it was answered with; null: no JSON. */
export async function bodyOf(response: Response): Promise<unknown> {
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
