/**
 * The page's own way to the hub at its origin, with the browser's login; it lives while the kernel is busy or dead. A WebSocket, until that has
 * been shut twice in a row while the server answers over HTTP; then long polling (`polling.chunk.ts`), which tries the socket again.
 *
 * A refused handshake shows in a browser only as 1006, and in the server's log as a 403, so over HTTP is asked who is not let in: at first
 * before the handshake, and again after a line that carried nothing.
 */

import { CLOSES } from "../protocol/tables.gen";
import { localStore, readJson, writeJson } from "../util/storage";
import type { HubHttp } from "./http";
import { type Dial, type Line, type LineEvents, SIGNED_OUT, type Transport, type TransportEvents } from "./transport";

type Polling = typeof import("./polling.chunk");

/** The lazy part, from the hub that serves it. */
const fetched = (base: string): Promise<Polling> =>
  import(/* @vite-ignore */ `${base}static/chunks/polling-${__NBCHAT_CHUNKS__}.js`);

/** The same frames over this socket. */
export function carried(socket: WebSocket, events: LineEvents): Transport {
  socket.onopen = events.opened;
  socket.onmessage = ({ data }) => events.received(data);
  socket.onclose = ({ code }) => events.closed(code);
  return {
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    close: (code) => socket.close(code),
  };
}

/** How to reach the hub whose HTTP this is. `load` is for tests. */
export function direct(http: HubHttp, load = fetched): Dial {
  const url = new URL("ws", http.base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket: Line = { via: "direct", open: (events) => carried(new WebSocket(url), events) };
  let line = socket;
  // A reload in this tab begins where the page before it had got to.
  const tab = localStore("sessionStorage");
  const remembered = `nbchat:way:${http.base}`;
  const turn = (next: Line) => {
    line = next;
    writeJson(tab, remembered, next.via);
  };
  const poll = async () => {
    const part = await load(http.base).catch(() => null);
    if (part) turn(part.polling(http, url, socket, turn));
  };
  const ready = readJson(tab, remembered) === "http" ? poll() : null;
  /** How often in a row a line carried nothing, while the server answered. */
  let shut = 0;
  const judge = async (isGood: boolean) => {
    shut = isGood ? 0 : shut + 1;
    if (shut < 2) return;
    shut = 0;
    if (line === socket) await poll();
    else turn(socket);
  };
  return (events) => attempt({ http, ready, line: () => line, judge }, events);
}

interface Way {
  http: HubHttp;
  /** The remembered line is there; until then `line` is the socket. */
  ready: Promise<void> | null;
  line(): Line;
  judge(isGood: boolean): Promise<void>;
}

/** One attempt over the line of now, which is judged by whether anything comes. */
function attempt({ http, ready, line, judge }: Way, events: TransportEvents): Transport {
  let opened: Transport | null = null;
  let heard = false;
  let over = false;
  const end = (code: number | null) => {
    if (over) return;
    over = true;
    events.closed(code);
  };
  /** Tell whom the server does not let in; whom it does, another line may help. */
  const explain = async () => {
    const [me] = await Promise.all([http.whoAmI(), ready]);
    if (me.state === "ask" && !over) events.asked({ owner: me.owner, may_be_owner: me.may_be_owner });
    if (http.isKnown && !opened) return over || open();
    if (http.isKnown) await judge(false);
    end(http.isKnown || me.state === "unreachable" ? null : SIGNED_OUT);
  };
  let told = "";
  const tell = () => {
    const { via } = line();
    if (via !== told) events.via(via, http.base);
    told = via;
  };
  const open = () => {
    tell();
    opened = line().open({
      opened: () => over || events.opened(),
      received: (data) => {
        if (!heard) void judge(true);
        heard = true;
        if (!over) events.received(data);
      },
      // A code of ours is from the hub itself: what lies between lets through.
      closed: (code) => (heard || CLOSES[code ?? 0] ? end(code) : explain()),
    });
  };
  if (http.isKnown) open();
  else {
    // The lazy parts come from there, also before it is known who this is.
    tell();
    void explain();
  }
  return {
    send: (data) => opened?.send(data),
    close: (code) => {
      over = true;
      opened?.close(code);
      // Given up before anything came: if the server answers, the line is at fault.
      if (opened && !heard) void explain();
    },
  };
}
