/** Who comes after somebody at the same page finds nothing there that was said or answered to them. */

import { expect, test, vi } from "vitest";
import { CONNECTED, message } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { NOW, team } from "../kit/team";
import { until } from "../kit/until";

test("neither the line for screen readers nor the answer to what one did stays", async () => {
  vi.stubGlobal("navigator", { languages: ["en"], clipboard: { writeText: async () => {} } });
  const { chat, all, key, root, texts } = await stage(team(), "team", true);
  chat.arrives("team", message(4, "bob", "for Ada's eyes", { at: NOW }));
  await until(() => expect(texts("[aria-live=polite]")).toEqual(["Bob: for Ada's eyes"]));
  const somebodyElse = async () => {
    chat.connection.value = { ...CONNECTED, state: "changing" };
    await drawn();
    chat.connection.value = CONNECTED;
    await drawn();
  };
  await somebodyElse();
  expect(texts("[aria-live=polite]")).toEqual([""]);
  await key(all("article")[1] as HTMLElement, "c");
  expect(texts(".nbc-told")).toEqual(["Message copied"]);
  await somebodyElse();
  expect(texts(".nbc-told")).toEqual([]);
  expect(root.textContent).not.toContain("Message copied");
});
