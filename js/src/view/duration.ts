/** Lengths of time in words. Shared by lazy chunks, each of which carries it. Pure. */

import { intl } from "./strings";

/** "30 seconds", "5 minutes", "1 hour". */
export function duration(seconds: number): string {
  const [unit, length] = seconds % 3_600 === 0 ? ["hour", 3_600] : seconds % 60 === 0 ? ["minute", 60] : ["second", 1];
  return intl(Intl.NumberFormat, { style: "unit", unit, unitDisplay: "long" }).format(seconds / Number(length));
}
