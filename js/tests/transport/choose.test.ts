import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { acquire, chooser, connect, hubBase } from "../../src/transport/choose";
import { direct } from "../../src/transport/direct";
import { HubHttp } from "../../src/transport/http";
import { BUSY_AFTER } from "../../src/transport/relay";
import { EdgeSocket, Log } from "./edge";

type Heard = { t: string; view: string; data?: string };

/** A widget's model with a kernel that does what the test says. */
class Kernel {
  heard: Heard[] = [];
  isDead = false;
  readonly #listeners = new Set<(content: unknown) => void>();

  constructor(private readonly traits: Record<string, unknown> = {}) {}

  get model(): AnyModel {
    return this as unknown as AnyModel;
  }

  get(name: string): unknown {
    return this.traits[name];
  }

  on(_: string, listener: (content: unknown) => void): void {
    this.#listeners.add(listener);
  }

  off(_: string, listener: (content: unknown) => void): void {
    this.#listeners.delete(listener);
  }

  send(content: Heard): void {
    if (this.isDead) throw new Error("Cannot send: the comm is closed");
    this.heard.push(content);
  }

  says(content: Record<string, unknown>): void {
    const view = this.heard.at(-1)?.view;
    for (const listener of [...this.#listeners]) listener({ view, ...content });
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

type Answers = Record<string, { status?: number; body?: unknown } | null>;

const KNOWN = { "api/me": { body: { state: "known" } } };

/** The server answers so, and knows who this browser is unless that says otherwise. */
function serves(more: Answers): void {
  const answers: Answers = { ...KNOWN, ...more };
  vi.stubGlobal("fetch", async (url: URL) => {
    const answer = answers[url.pathname.split("/nbchat/")[1] ?? ""];
    if (answer === null) throw new TypeError("network");
    return new Response(JSON.stringify(answer?.body ?? {}), {
      status: answer === undefined ? 404 : (answer.status ?? 200),
    });
  });
}

const BASE = "http://localhost:3000/nbchat/";
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  EdgeSocket.install();
});

afterEach(() => vi.useRealTimers());

describe("which way", () => {
  async function chosen(store: string, kernel = new Kernel()): Promise<string[]> {
    const log = new Log();
    chooser(new HubHttp(BASE), store, () => kernel.model)(log);
    await settle();
    return log.said;
  }

  test("the hub at this origin has the widget's store: direct", async () => {
    serves({ "api/hub": { body: { store: "s1" } } });
    expect(await chosen("s1")).toEqual(["via direct"]);
    expect(String(EdgeSocket.newest.url)).toBe("ws://localhost:3000/nbchat/ws");
  });

  test("a widget that does not know its store takes the hub at this origin", async () => {
    serves({ "api/hub": { body: { store: "s1" } } });
    expect(await chosen("")).toEqual(["via direct"]);
  });

  test("another store, or no hub: through the kernel", async () => {
    serves({ "api/hub": { body: { store: "s1" } } });
    expect(await chosen("s2")).toEqual(["via relay"]);
    serves({});
    expect(await chosen("s1")).toEqual(["via relay"]);
  });

  test.each([null, { status: 503 }])(
    "a server that is away is asked again, and nobody speaks as the session's person",
    async (away) => {
      serves({ "api/hub": away });
      const [log, kernel] = [new Log(), new Kernel()];
      const dial = chooser(new HubHttp(BASE), "s1", () => kernel.model);
      dial(log);
      await settle();
      expect(log.said).toEqual(["closed null"]);
      expect(kernel.heard).toEqual([]);
      serves({ "api/hub": { body: { store: "s1" } } });
      dial(log);
      await settle();
      expect(log.said).toEqual(["closed null", "via direct"]);
    },
  );

  test("a hub that once was of the widget's store is asked no more while it is away", async () => {
    serves({ "api/hub": { body: { store: "s1" } } });
    const log = new Log();
    const dial = chooser(new HubHttp(BASE), "s1", () => undefined);
    dial(log);
    await settle();
    serves({ "api/hub": null });
    dial(log);
    await settle();
    expect(log.said).toEqual(["via direct", "via direct"]);
  });

  test("no Jupyter configuration in the page: through the kernel, and nobody is asked", async () => {
    const log = new Log();
    chooser(null, "", () => new Kernel().model)(log);
    await settle();
    expect(log.said).toEqual(["via relay"]);
  });

  const HERE = "http://localhost:3000/user/ada/nbchat/";
  const LAB = '<script id="jupyter-config-data" type="application/json">{"baseUrl": "/user/ada"}</script>';
  const page = (config: unknown) =>
    `<script id="nbchat-config" type="application/json">${JSON.stringify(config)}</script>`;

  test.each([
    ["JupyterLab", LAB, false, HERE],
    ["the page of its own", page({ baseUrl: "/user/ada/" }), true, HERE],
    ["a page without configuration", "<p>marimo</p>", false, null],
    [
      "the other page's configuration",
      page({ baseUrl: "/user/ada/" }) + LAB.replace("ada", "bob"),
      false,
      HERE.replace("ada", "bob"),
    ],
    ["another origin", page({ baseUrl: "https://evil.example/" }), true, null],
    ["another origin without scheme", LAB.replace('"/', '"//evil.example/'), false, null],
    ["an element that is no script", `<div id="jupyter-config-data">{"baseUrl": "/evil/"}</div>${LAB}`, false, HERE],
    ["a script of another type", LAB.replace("application/json", "text/plain"), false, null],
    ["no JSON", LAB.replace("{", ""), false, null],
  ])("where the hub is, by %s", (_, html, isPage, base) => {
    const root = new DOMParser().parseFromString(html, "text/html");
    Object.defineProperty(root, "baseURI", { value: "http://localhost:3000/user/ada/lab" });
    expect(hubBase(root, isPage)).toBe(base);
  });
});

describe("direct", () => {
  const hub = { body: { store: "s1" } };
  const ask = { body: { state: "ask", may_be_owner: true, owner: null } };

  async function refused(me: Answers[string]): Promise<string[]> {
    serves({ "api/hub": hub });
    const log = new Log();
    chooser(new HubHttp(BASE), "s1", () => undefined)(log);
    await settle();
    serves({ "api/hub": hub, "api/me": me });
    EdgeSocket.newest.onclose({ code: 1006 });
    await settle();
    return log.said.slice(1);
  }

  test("a refused handshake is explained over HTTP", async () => {
    expect(await refused(ask)).toEqual(["asked", "closed 4001"]);
    expect(await refused({ status: 403 })).toEqual(["closed 4001"]);
    expect(await refused({ body: { state: "known" } })).toEqual(["closed null"]);
    expect(await refused(null)).toEqual(["closed null"]);
  });

  test.each([
    ["was asked and has not answered", ask, ["asked", "closed 4001"]],
    ["is signed out", { status: 403 }, ["closed 4001"]],
    ["cannot be told", null, ["closed null"]],
  ])("a browser that %s tries no handshake, which would only be refused and logged", async (_, me, said) => {
    serves({ "api/hub": hub, "api/me": me });
    const [log, http] = [new Log(), new HubHttp(BASE)];
    direct(http)(log);
    await settle();
    expect(log.said).toEqual(["via direct", ...said]);
    expect(EdgeSocket.all).toEqual([]);
    serves({ "api/hub": hub });
    direct(http)(log);
    await settle();
    expect(EdgeSocket.all).toHaveLength(1);
  });

  test("whom the server knew is not asked again", async () => {
    serves({});
    const http = new HubHttp(BASE);
    direct(http)(new Log());
    await settle();
    serves({ "api/me": null });
    direct(http)(new Log());
    expect(EdgeSocket.all).toHaveLength(2);
  });

  test("closed before it was told, it opens nothing", async () => {
    serves({});
    const log = new Log();
    direct(new HubHttp(BASE))(log).close(1000);
    await settle();
    expect(EdgeSocket.all).toEqual([]);
    expect(log.said).toEqual(["via direct"]);
  });

  test("what was open says its close code, and nothing after it was closed here", async () => {
    serves({ "api/hub": hub });
    const log = new Log();
    const transport = chooser(new HubHttp(BASE), "s1", () => undefined)(log);
    await settle();
    const socket = EdgeSocket.newest;
    socket.readyState = 1;
    socket.onopen();
    transport.send("out");
    socket.onmessage({ data: "in" });
    expect(socket.sent).toEqual(["out"]);
    transport.close(1000);
    socket.onmessage({ data: "late" });
    socket.onclose({ code: 1000 });
    await settle();
    expect(log.said).toEqual(["via direct", "opened", "received in"]);
  });
});

describe("relay", () => {
  async function open(kernel: Kernel) {
    const log = new Log();
    const transport = chooser(null, "", () => kernel.model)(log);
    await settle();
    return { log, transport };
  }

  test("frames go through the comm, batches come back in order", async () => {
    const kernel = new Kernel();
    const { log, transport } = await open(kernel);
    kernel.says({ t: "relay.opened" });
    transport.send("out");
    kernel.says({ t: "relay.frame", frames: ["one", "two"] });
    kernel.says({ t: "relay.frame", frames: ["for another view"], view: "other" });
    kernel.says({ t: "relay.ping" });
    expect(kernel.heard.map((one) => one.t)).toEqual(["relay.open", "relay.frame", "relay.pong"]);
    kernel.says({ t: "relay.closed", code: 4006 });
    expect(log.said).toEqual(["via relay", "opened", "received one", "received two", "closed 4006"]);
    expect(kernel.listeners).toBe(0);
  });

  test("a kernel that does not answer is busy, one whose comm throws is gone", async () => {
    const busy = await open(new Kernel());
    vi.advanceTimersByTime(BUSY_AFTER);
    expect(busy.log.said).toEqual(["via relay", "noted kernel_busy"]);
    const dead = new Kernel();
    dead.isDead = true;
    expect((await open(dead)).log.said).toEqual(["via relay", "noted kernel_gone", "closed null"]);
  });

  test("closing tells Python and leaves nothing behind", async () => {
    const kernel = new Kernel();
    const { transport } = await open(kernel);
    transport.close(1000);
    expect(kernel.heard.at(-1)?.t).toBe("relay.close");
    expect(kernel.listeners).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("one connection a page and hub", () => {
  test("is shared by its views, and ends with the last one", async () => {
    serves({ "api/hub": { body: { store: "s1" } } });
    const [one, other] = [new AbortController(), new AbortController()];
    const kernel = new Kernel({ store: "s1" });
    const hub = acquire("k", BASE, "s1", kernel.model, one.signal);
    expect(acquire("k", BASE, "s1", kernel.model, other.signal)).toBe(hub);
    await settle();
    expect(EdgeSocket.all).toHaveLength(1);
    one.abort();
    expect(EdgeSocket.newest.readyState).toBe(0);
    other.abort();
    expect(EdgeSocket.newest.readyState).toBe(3);
    const later = new AbortController();
    expect(acquire("k", BASE, "s1", kernel.model, later.signal)).not.toBe(hub);
    later.abort();
  });

  test("a widget whose kernel is gone, in a page without a hub, shows its snapshot", async () => {
    const kernel = new Kernel({ store: "s1", me: { id: "ada", name: "Ada" }, conversations: [], messages: [] });
    kernel.isDead = true;
    const view = new AbortController();
    const chat = connect({ model: kernel.model }, view.signal);
    await settle();
    expect(chat.connection.value).toMatchObject({ state: "frozen", via: "none", note: "kernel_gone" });
    expect(chat.me.value?.name).toBe("Ada");
    view.abort();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a kernel that never answers is taken to be gone after a while", async () => {
    const kernel = new Kernel({ store: "s1" });
    const view = new AbortController();
    const chat = connect({ model: kernel.model }, view.signal);
    await vi.advanceTimersByTimeAsync(BUSY_AFTER + 1);
    expect(chat.connection.value).toMatchObject({ state: "connecting", note: "kernel_busy" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(chat.connection.value.state).toBe("frozen");
    view.abort();
  });
});
