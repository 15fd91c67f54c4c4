/** The clock of this page, in seconds, monotonic as the link wants it; and whether the machine slept meanwhile. */

/** Monotonic seconds. */
export function now(): number {
  return performance.now() / 1000;
}

/**
 * Tells whether the machine slept since the last call: then the wall clock went on, while in many browsers the monotonic one stood
 * still (w3c/hr-time issue 115), so that no timer is late and only this shows it.
 */
export function sleepDetector(): () => boolean {
  let ahead = Date.now() - performance.now();
  return () => {
    const before = ahead;
    ahead = Date.now() - performance.now();
    return ahead - before > 5_000;
  };
}
