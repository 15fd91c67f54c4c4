/** Draws one scene: `harness.html?scene=busy&theme=dark&width=480&height=640&jp=1`. For looking at, for tests/e2e and for tools/gallery.py; not shipped. */

import { type Chunks, chunksFrom } from "../src/view/chunks";
import { choose, language } from "../src/view/language";
import { mount } from "../src/view/mount";
import { loadTalk, replyTo } from "../src/view/talk-state";
import { message } from "../tests/kit/chat";
import { frame } from "./cast";
import { scenes } from "./scenes";

const asked = new URLSearchParams(location.search);
const scene = scenes[asked.get("scene") ?? "busy"] ?? scenes["busy"];
if (!scene) throw new Error("There is no scene of that name.");

const dark = asked.get("theme") === "dark";
document.body.dataset["jpThemeLight"] = String(!dark);
document.body.style.background = dark ? "#111" : "#fff";
document.documentElement.lang = asked.get("lang") ?? "en";

const host = document.createElement("div");
const width = asked.get("width");
if (width) host.style.width = `${width}px`;
const page = asked.has("page");
document.querySelector("main")?.append(host);
if (page) document.querySelector("main")?.remove();

const { chat, open, act, reply } = scene();
const pageUrl = new URL("./", location.href).href;
chat.pageUrl.value = pageUrl;
const end = new AbortController();
/** `hold=math`: this part comes when a test calls `release()`, as over a slow network. */
const held = asked.get("hold");
let release = () => {};
const released = new Promise<void>((done) => {
  release = done;
});
const real = chunksFrom(chat.pageUrl);
/** How many lazy parts are on their way. */
let underWay = 0;
const chunks: Chunks = {
  async get(name) {
    underWay += 1;
    try {
      if (name === held) await released;
      return await real.get(name);
    } finally {
      underWay -= 1;
    }
  },
};
const chosen = (id: string) => {
  const row = chat.conversations.peek().find((one) => one.id === id);
  if (row && !chat.conversation(id).peek()) chat.conversation(id).value = undefined;
};
const height = page ? null : Number(asked.get("height") ?? 480);
const ui = mount(page ? document.body : host, { chat, until: end.signal, page, open, height, chosen, chunks });
if (reply) {
  replyTo(ui.talk, open, null, reply);
  void loadTalk(ui);
}
// The same conversation in a second view of the page.
if (asked.has("twice")) {
  const second = host.parentElement?.appendChild(document.createElement("div")) ?? host;
  mount(second, { chat, until: end.signal, page, open, height, chosen, chunks });
}
const wanted = choose([asked.get("lang") ?? ""]) ?? "en";
/** Once the view speaks the language: what comes later draws it anew. */
async function acts(): Promise<void> {
  do await frame();
  while (language.peek().code !== wanted);
  await act?.(document.querySelector<HTMLElement>(".nbchat") ?? document.body, ui);
}
const acted = acts();

/** Ends when the scene has done what it does, all parts are there, three frames brought no other, and nothing moves any more. */
async function settled(): Promise<void> {
  await acted;
  for (let still = 0; still < 3; still = underWay > 0 ? 0 : still + 1) await frame();
  for (const one of document.getAnimations()) {
    if (one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY) one.finish();
  }
}

// For tests in a browser (tests/e2e).
const given = { sceneNames: Object.keys(scenes), message, chat, ui, release, settled, endView: () => end.abort() };
Object.assign(globalThis, given);
