import { describe, expect, test } from "vitest";
import { decodeFrame } from "../../src/client/codec";
import { apply } from "../../src/client/reducer";
import { emptyState } from "../../src/client/state";
import type { AnyCommand } from "../../src/protocol/messages.gen";
import { assertHolds, plain, readPlays } from "./vectors";

interface Step {
  item: unknown;
  asked: AnyCommand | null;
  touched: string[] | null;
}

const plays = readPlays<Step>("reducer");

describe("the reducer does what the shared vectors say", () => {
  test.each(plays.map((play) => [play.name, play] as const))("%s", (_, play) => {
    const state = emptyState();
    for (const [number, step] of play.steps.entries()) {
      const { items } = decodeFrame(JSON.stringify([step.item])) ?? { items: [] };
      const touched = items.flatMap((item) => [...apply(state, item, step.asked)]);
      if (step.touched !== null) expect(touched.sort(), `step ${number}`).toEqual(step.touched);
    }
    assertHolds(plain(state), play.state, "state");
  });

  test("there are vectors", () => expect(plays.length).toBeGreaterThanOrEqual(30));
});
