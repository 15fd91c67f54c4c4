/** The browser's storage, where it can be used: private windows and sandboxed frames have none, and then nothing is kept. */

/** This browser's localStorage, or `sessionStorage`, which is this tab's, or null where using it throws. */
export function localStore(name: "localStorage" | "sessionStorage" = "localStorage"): Storage | null {
  try {
    const store = globalThis[name];
    const probe = "nbchat:probe";
    store.setItem(probe, "1");
    store.removeItem(probe);
    return store;
  } catch {
    return null;
  }
}

/** The keys that begin with this prefix. */
export function keysUnder(store: Storage | null, prefix: string): string[] {
  const keys = Array.from({ length: store?.length ?? 0 }, (_, index) => store?.key(index) ?? "");
  return keys.filter((key) => key.startsWith(prefix));
}

/** What is stored there as JSON, or null if there is nothing that can be read. */
export function readJson(store: Storage | null, key: string): unknown {
  try {
    return JSON.parse(store?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** Store as JSON; false where there is no room, or no storage. */
export function writeJson(store: Storage | null, key: string, value: unknown): boolean {
  try {
    store?.setItem(key, JSON.stringify(value));
    return store !== null;
  } catch {
    return false;
  }
}
