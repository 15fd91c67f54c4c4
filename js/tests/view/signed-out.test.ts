/** Whoever is signed out sees nothing any more of what they could read, and writes nothing; what they wrote waits for them. */

import { expect, test } from "vitest";
import { CONNECTED, pending } from "../kit/chat";
import { drawn, stage } from "../kit/stage";
import { team } from "../kit/team";

test("the page is emptied but for the way in, and is as before when they come back", async () => {
  const chat = team();
  const shown = await stage(chat, "team", true);
  const { root, texts, all, type, find, press } = shown;
  await type("textarea", "not sent yet");
  chat.pending("team").value = [pending("k1", "team", "on its way")];
  await press("Menu");
  await press("About this conversation");
  const before = texts(".nbc-text");
  expect(before).toContain("on its way");
  expect(all("[role=dialog]")).toHaveLength(1);

  chat.connection.value = { ...CONNECTED, state: "signed_out" };
  await drawn();
  expect(root.textContent).toBe("You are not signed in any more.Sign in");
  expect(find(".nbc-alert a").getAttribute("href")).toBe("http://127.0.0.1:8888/nbchat/");
  expect(all("textarea, input, button, [aria-label], [title]")).toEqual([]);
  expect(document.title).toBe("Chat");
  expect(chat.watching).toEqual([]);
  expect(chat.asked.filter(([what]) => what === "discard")).toEqual([]);

  chat.connection.value = CONNECTED;
  await drawn();
  expect(texts(".nbc-text")).toEqual(before);
  expect((find(".nbc-composer textarea") as HTMLTextAreaElement).value).toBe("not sent yet");
  expect(document.title).toBe("ml-team");
});
