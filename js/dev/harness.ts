/** Draws one scene: `harness.html?scene=busy&theme=dark&width=480&height=640&jp=1`. For looking at, and for shots.mjs; not shipped. */

import { mount } from "../src/view/mount";
import { replyTo } from "../src/view/talk-state";
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
const chosen = (id: string) => {
  const row = chat.conversations.peek().find((one) => one.id === id);
  if (row && !chat.conversation(id).peek()) chat.conversation(id).value = undefined;
};
const height = page ? null : Number(asked.get("height") ?? 480);
const ui = mount(page ? document.body : host, { chat, until: end.signal, page, open, height, chosen });
if (reply) replyTo(ui.talk, open, null, reply);
Object.assign(globalThis, { chat, ui, endView: () => end.abort() });
requestAnimationFrame(() => act?.(document.querySelector<HTMLElement>(".nbchat") ?? document.body));
