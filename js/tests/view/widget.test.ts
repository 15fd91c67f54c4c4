/** The anywidget module with a model and no hub, as in a document that was saved: it draws the snapshot, follows Python, and cleans up. */

import type { AnyModel } from "@anywidget/types";
import { expect, test, vi } from "vitest";
import { mountPage } from "../../src/page-mount";
import widget from "../../src/widget";
import { summary } from "../kit/chat";
import { drawn } from "../kit/stage";

/** A model at the edge: traits as the document holds them, and no kernel behind. */
class SavedModel {
  readonly heard = new Map<string, Set<() => void>>();
  saved = 0;
  constructor(readonly traits: Record<string, unknown>) {}
  get = (name: string) => this.traits[name];
  set = (name: string, value: unknown) => {
    this.traits[name] = value;
    for (const listener of this.heard.get(`change:${name}`) ?? []) listener();
  };
  on = (name: string, listener: () => void) => {
    this.heard.set(name, (this.heard.get(name) ?? new Set()).add(listener));
  };
  off = (name?: string | null, listener?: (() => void) | null) => {
    if (name && listener) this.heard.get(name)?.delete(listener);
  };
  save_changes = () => {
    this.saved += 1;
  };
  send = () => {
    throw new Error("There is no kernel.");
  };
  listeners = () => [...this.heard.values()].reduce((sum, one) => sum + one.size, 0);
}

function savedModel(): SavedModel {
  const text = { v: 2, key: "k", via: "session", at: Date.now() };
  return new SavedModel({
    conversation: "ml-team",
    conversation_id: "team",
    opened: 0,
    store: "s1",
    me: { id: "ada", name: "Ada" },
    options: { height: 320 },
    conversations: [
      summary("team", { kind: "channel", title: "ml-team", last_seq: 2 }),
      summary("help", { kind: "channel" }),
    ],
    messages: [{ ...text, seq: 2, author: "grace", name: "Grace", text: "from the notebook" }],
  });
}

async function shown(model: SavedModel) {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  const el = document.body.appendChild(document.createElement("div"));
  const end = new AbortController();
  const clean = widget.render({ model: model as unknown as AnyModel, el, signal: end.signal } as never) as () => void;
  await drawn();
  return { el, end, clean };
}

test("initialize waits for nothing", () => {
  expect(widget.initialize({} as never)).toBeUndefined();
});

test("the snapshot is drawn at the height that the options name", async () => {
  const { el, clean } = await shown(savedModel());
  expect(el.querySelector<HTMLElement>(".nbchat")?.style.height).toBe("320px");
  expect(el.querySelector(".nbc-title")?.textContent).not.toBe("");
  expect(el.querySelector(".nbc-text")?.textContent?.trim()).toBe("from the notebook");
  expect(el.querySelector(".nbc-name")?.textContent).toBe("Grace");
  clean();
});

test("Python opens another conversation in the view", async () => {
  const model = savedModel();
  const { el, clean } = await shown(model);
  model.set("conversation_id", "help");
  await drawn();
  expect(el.querySelector(".nbc-chat .nbc-title")?.textContent).toBe("help");
  clean();
});

test("another viewer's view follows what code opens, not what the session's own person chooses", async () => {
  const model = savedModel();
  const { el, clean } = await shown(model);
  const title = () => el.querySelector(".nbc-chat .nbc-title")?.textContent;
  model.traits["me"] = { id: "somebody-else", name: "Else" };
  model.set("conversation_id", "help");
  await drawn();
  expect(title()).toBe("ml-team");
  model.set("opened", 1);
  await drawn();
  expect(title()).toBe("help");
  clean();
});

test("choosing in the view tells Python, because the viewer is the session's own person", async () => {
  const model = savedModel();
  const { el, clean } = await shown(model);
  [...el.querySelectorAll<HTMLElement>(".nbc-item")].find((one) => one.textContent?.includes("help"))?.click();
  await drawn();
  expect(model.traits["conversation"]).toBe("help");
  expect(model.saved).toBe(1);
  clean();
});

test("another viewer's choice stays the viewer's own", async () => {
  const model = savedModel();
  const { el, clean } = await shown(model);
  model.traits["me"] = { id: "somebody-else", name: "Else" };
  [...el.querySelectorAll<HTMLElement>(".nbc-item")].find((one) => one.textContent?.includes("help"))?.click();
  await drawn();
  expect(model.traits["conversation"]).toBe("ml-team");
  expect(model.saved).toBe(0);
  clean();
});

test.each(["the clean-up", "the signal"])("%s ends everything", async (by) => {
  const model = savedModel();
  const { el, end, clean } = await shown(model);
  by === "the signal" ? end.abort() : clean();
  await drawn();
  expect(el.childElementCount).toBe(0);
  expect(model.listeners()).toBe(0);
});

test.each(["#c/%E0%A4%A", "#c/%00"])("a page with the address %s is drawn", async (hash) => {
  const config = document.head.appendChild(document.createElement("script"));
  config.id = "nbchat-config";
  config.type = "application/json";
  config.textContent = JSON.stringify({ baseUrl: "/" });
  vi.stubGlobal("fetch", () => new Promise(() => null));
  vi.stubGlobal(
    "WebSocket",
    class {
      close() {}
    },
  );
  location.hash = hash;
  const end = mountPage(document);
  await drawn();
  expect(document.querySelector(".nbc-page .nbc-stage")?.textContent).toContain("Loading");
  end();
  location.hash = "";
  config.remove();
  vi.unstubAllGlobals();
});

test("drawing again in the same element is one view more, and each ends by itself", async () => {
  const model = savedModel();
  const { el, clean } = await shown(model);
  const again = widget.render({
    model: model as unknown as AnyModel,
    el,
    signal: new AbortController().signal,
  } as never) as () => void;
  await drawn();
  clean();
  await drawn();
  expect(el.querySelectorAll(".nbchat")).toHaveLength(1);
  expect(el.querySelector(".nbc-text")?.textContent?.trim()).toBe("from the notebook");
  again();
});
