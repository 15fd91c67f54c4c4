/** Waiting for what no test decides when it comes: a chunk that is read, an answer, a promise of the browser. */

import { vi } from "vitest";

/** Until it is so, or half a minute: the machine may be busy with much else. */
export const until = <T>(check: () => T) => vi.waitFor(check, { timeout: 30_000, interval: 5 });
