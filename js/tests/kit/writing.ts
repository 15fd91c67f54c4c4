/** A composer with its helpers, written in as people do. */

import { expect } from "vitest";
import { asks } from "./sheets";
import { drawn, type Stage, stage } from "./stage";
import { team } from "./team";
import { until } from "./until";

type Area = HTMLTextAreaElement;

export interface Writing extends Stage {
  area: Area;
  /** Types at the end, key by key as far as the helpers see it. */
  writes(text: string): Promise<void>;
  presses(key: string, more?: KeyboardEventInit): Promise<KeyboardEvent>;
  options(): string[];
}

/** A stage whose composer has the focus and its helpers. */
export async function writing(chat = team(), open = "team"): Promise<Writing> {
  const made = await stage(chat, open);
  const area = made.find("textarea") as Area;
  await until(() => expect(made.all(".nbc-aids")).toHaveLength(1));
  area.focus();
  return {
    ...made,
    area,
    async writes(text) {
      area.setRangeText(text, area.value.length, area.value.length, "end");
      area.dispatchEvent(new InputEvent("input", { bubbles: true, data: text.at(-1) ?? "" }));
      await drawn();
    },
    presses: (key, more) => made.key(area, key, more),
    options: () => made.texts("[role=option] > bdi"),
  };
}

/** The texts that were sent. */
export const sent = ({ chat }: Stage) => chat.asked.filter(([what]) => what === "send").map(([, , text]) => text);
/** The commands that were asked for. */
export const asked = ({ chat }: Stage) => asks(chat);
