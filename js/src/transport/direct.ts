/**
 * The page's own WebSocket to the hub at its origin, with the browser's login. It lives while the kernel is busy or dead. A refused
 * handshake shows in a browser only as 1006, so who is not let in is asked for over HTTP.
 */

import type { HubHttp } from "./http";
import type { Transport, TransportEvents } from "./transport";

/** Close code for a login that is not valid, or a question that nobody has answered. */
const SIGNED_OUT = 4001;

export function direct(http: HubHttp, events: TransportEvents): Transport {
  const url = new URL("ws", http.base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url);
  let opened = false;
  let over = false;
  events.via("direct", http.base);
  socket.onopen = () => {
    opened = true;
    events.opened();
  };
  socket.onmessage = ({ data }) => {
    if (!over && typeof data === "string") events.received(data);
  };
  socket.onclose = async ({ code }) => {
    if (over) return;
    const reason = opened ? code : await whyRefused(http, events, () => over);
    if (over) return;
    over = true;
    events.closed(reason);
  };
  return {
    send: (data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    close: (code) => {
      over = true;
      socket.close(code);
    },
  };
}

async function whyRefused(http: HubHttp, events: TransportEvents, isOver: () => boolean): Promise<number | null> {
  const me = await http.whoAmI();
  if (me.state === "ask" && !isOver()) events.asked({ owner: me.owner, may_be_owner: me.may_be_owner });
  return me.state === "ask" || me.state === "signed_out" ? SIGNED_OUT : null;
}
