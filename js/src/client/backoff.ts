/**
 * How long to wait before the next attempt: full jitter between 0 and a doubling delay (AWS Architecture Blog, "Exponential Backoff
 * And Jitter"). Pure: the random number in [0, 1) is given. Same as backoff.py.
 */

import { RECONNECT_BASE, RECONNECT_CAP_MAX } from "../protocol/tables.gen";

/** Attempts at the cap that the hub announced, and the least cap after that, in seconds; backoff.py says why. */
const HASTY = 30;
const PATIENT_CAP = 5;

export class Backoff {
  #step = RECONNECT_BASE;
  #tries = 0;

  /** `cap`: seconds, the most that a delay can be; the hub announces one for its connections. */
  constructor(
    private readonly jitter: () => number,
    public cap = RECONNECT_CAP_MAX,
  ) {}

  /** The seconds to wait; the next step doubles. `floor` widens this one, as `bye.retry_after` asks. */
  delay(floor = 0): number {
    this.#tries += 1;
    const cap = this.#tries <= HASTY ? this.cap : Math.max(this.cap, PATIENT_CAP);
    const span = Math.max(Math.min(this.#step, cap), floor);
    this.#step = Math.min(this.#step * 2, RECONNECT_CAP_MAX);
    return this.jitter() * span;
  }

  /** Begin a new series: the last one succeeded. */
  reset(): void {
    this.#step = RECONNECT_BASE;
    this.#tries = 0;
  }
}
