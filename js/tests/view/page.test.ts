/** The page of its own, over a scripted hub at the far end of its socket: what it opens, and what its URL says. */

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { mountPage } from "../../src/page-mount";
import { row, ScriptedHub } from "../client/scripted";
import { drawn, FakeIntersections } from "../kit/stage";
import { until } from "../kit/until";

let hub: ScriptedHub;
let end = () => {};

beforeEach(() => {
  hub = new ScriptedHub();
  hub.rows = [row("old", { created_at: 1 }), row("new", { created_at: 2, unread: 2 })];
  vi.stubGlobal("IntersectionObserver", FakeIntersections);
  vi.stubGlobal("WebSocket", socketTo(hub));
  vi.stubGlobal("fetch", async () => Response.json({ state: "known" }));
  document.head.innerHTML = '<script id="nbchat-config" type="application/json">{"baseUrl": "/"}</script>';
});

afterEach(() => {
  end();
  location.hash = "";
});

/** A browser's socket that leads to the scripted hub. */
function socketTo(hub: ScriptedHub) {
  return class {
    static readonly OPEN = 1;
    readyState = 0;
    onopen = () => {};
    onmessage = (_: { data: string }) => {};
    onclose = (_: { code: number | null }) => {};
    readonly #far = hub.dial({
      opened: () => {
        this.readyState = 1;
        this.onopen();
      },
      received: (data) => this.onmessage({ data }),
      closed: (code) => this.onclose({ code }),
      via: () => {},
      noted: () => {},
      asked: () => {},
    });
    send = (data: string) => this.#far.send(data);
    close = (code: number) => this.#far.close(code);
  };
}

async function shown(width: number, hash = ""): Promise<void> {
  (window as unknown as { happyDOM: { setViewport(to: { width: number }): void } }).happyDOM.setViewport({ width });
  location.hash = hash;
  end = mountPage(document);
  await until(() => expect(document.querySelectorAll(".nbc-item")).toHaveLength(2));
  await drawn();
}

const watched = () => hub.heard.flatMap((one) => (one.t === "watch" ? [one.conversation] : []));
const pane = () => document.querySelector<HTMLElement>(".nbc-frame")?.dataset["pane"];

test("with room for two panes the newest conversation is open, and the URL says so", async () => {
  await shown(1000);
  expect(watched()).toEqual(["new"]);
  expect(location.hash).toBe("#c/new");
});

test("with room for one the list is shown, and nothing is opened that nobody chose", async () => {
  await shown(400);
  expect(watched()).toEqual([]);
  expect(pane()).toBe("list");
  expect(document.querySelectorAll(".nbc-item")).toHaveLength(2);
  document.querySelector<HTMLElement>(".nbc-item")?.click();
  await drawn();
  expect(watched()).toEqual(["new"]);
  expect(pane()).toBe("chat");
  expect(location.hash).toBe("#c/new");
});

test("a conversation in the URL is opened, however narrow the window", async () => {
  await shown(400, "#c/old");
  expect(watched()).toEqual(["old"]);
  expect(pane()).toBe("chat");
});

test("the server's token leaves the URL, and nothing else does", async () => {
  history.replaceState(null, "", "?token=geheim&user=ada");
  await shown(400, "#c/old");
  expect(location.search).toBe("?user=ada");
  expect(location.hash).toBe("#c/old");
  history.replaceState(null, "", location.pathname);
});

test("an invitation in the URL asks whether to join, and leaves the URL with the token", async () => {
  history.replaceState(null, "", "?invite=Zk3v&token=geheim");
  await shown(1000);
  expect(location.search).toBe("");
  expect(document.querySelector("[role=dialog]")?.getAttribute("aria-label")).toBeTruthy();
  expect(hub.heard.map((one) => one.t)).not.toContain("redeem");
});

test("a page that no hub serves says so", () => {
  document.head.innerHTML = "";
  expect(() => mountPage(document)).toThrow("Is it served by the hub?");
});
