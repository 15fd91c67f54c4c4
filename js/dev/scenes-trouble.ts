/** Scenes in which something is wrong: no connection, no room, nobody known, somebody else. */

import type { Connection } from "../src/client/chat";
import { T } from "../src/view/sheet-strings";
import { CONNECTED, person, type ScriptedChat } from "../tests/kit/chat";
import { ADA, base, busy, coming, frame, queued, type Scene } from "./cast";

const scene = (chat: ScriptedChat, connection: Partial<Connection> = {}): Scene => {
  chat.connection.value = { ...CONNECTED, ...connection };
  return { chat, open: "team" };
};

/** So many that the first of them, which says why in full, is not on the screen. */
const QUEUE = 12;

/** Messages that the hub does not take now. */
function refused(code: string, error: string, count: number): ScriptedChat {
  const chat = busy();
  const rest = Array.from({ length: count }, (_, index) => queued("waiting", `I’ll wait, ${index + 1}.`, index + 2));
  chat.pending("team").value = [
    { ...queued("waiting", "Does anybody have room on the server?", 1), error, code },
    ...rest,
  ];
  return chat;
}

const asks = (chat: ScriptedChat, knew: "page" | null, more: Partial<Connection> = {}): Scene => {
  chat.question.value = { owner: knew ? null : person(ADA, "Ada"), may_be_owner: !knew, knew };
  return scene(chat, { state: "asking", ...more });
};

/** Answers the question, of a server that takes it and whose hub lets nobody in. */
async function answers(root: HTMLElement): Promise<void> {
  const found = () => root.querySelector<HTMLInputElement>(".nbc-question input");
  const field = await coming(found, () => "field for a name");
  globalThis.fetch = async () => Response.json({});
  field.value = "Grace";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await frame();
  field.form?.requestSubmit();
}

export const troubleScenes: Record<string, () => Scene> = {
  offline: () => {
    const chat = busy();
    chat.pending("team").value = [
      queued("failed", "A message that was too long to be sent", 0),
      queued("waiting", "Is the server down for you too?", 1),
      queued("waiting", "I’ll wait.", 2),
    ];
    return scene(chat, { state: "reconnecting", attempt: 3, retry_at: Date.now() + 4_000 });
  },
  "no-network": () => scene(refused("", "", 1), { state: "reconnecting", attempt: 1, note: "offline" }),
  full: () =>
    scene(refused("store_full", "The hub's disk is full: nothing was stored. Try again when there is room.", 1)),
  "full-many": () => scene(refused("store_full", "The hub's disk is full: nothing was stored.", QUEUE)),
  replaced: () => {
    const error =
      "The hub's data was removed or replaced: nothing is stored until the hub is started again. Its log says more.";
    return scene(refused("store_replaced", error, 1));
  },
  question: () => {
    const chat = base();
    chat.me.value = null;
    return { ...asks(chat, null), open: "" };
  },
  answered: () => {
    const chat = base();
    chat.me.value = null;
    return { ...asks(chat, null), open: "", act: answers };
  },
  waited: () => {
    const chat = base();
    chat.me.value = null;
    const act = async (root: HTMLElement) => {
      await answers(root);
      await coming(
        () => root.querySelector("[role=status]")?.textContent?.includes(T.nameLater),
        () => "reason",
      );
    };
    return { ...asks(chat, null), open: "", act };
  },
  forgotten: () => {
    const chat = busy();
    chat.send("team", "The second run looks better: loss 0.12 after three epochs.");
    chat.setDraft("team", "I would\n- check the seeds");
    return asks(chat, "page");
  },
  "signed-out": () => {
    const chat = busy();
    chat.setDraft("team", "I would check the seeds");
    return scene(chat, { state: "signed_out" });
  },
  changing: () => scene(busy(), { state: "changing" }),
  "over-http": () => scene(busy(), { via: "http" }),
  "kernel-busy": () => scene(refused("", "", 1), { via: "relay", note: "kernel_busy" }),
  frozen: () => {
    const chat = busy();
    const known = chat.conversation("team").peek();
    if (known) chat.has({ ...known, watched: false, typing: [], typing_count: 0 });
    return scene(chat, { state: "frozen", via: "none" });
  },
};
