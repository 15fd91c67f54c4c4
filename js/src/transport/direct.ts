/**
 * The page's own WebSocket to the hub at its origin, with the browser's login. It lives while the kernel is busy or dead. A refused
 * handshake shows in a browser only as 1006, and in the server's log as a 403, so over HTTP is asked who is not let in: at first before
 * the handshake, and again after one that was refused.
 */

import type { HubHttp } from "./http";
import type { Transport, TransportEvents } from "./transport";

/** Close code for a login that is not valid, or a question that nobody has answered. */
const SIGNED_OUT = 4001;

export function direct(http: HubHttp, events: TransportEvents): Transport {
  let socket: WebSocket | null = null;
  let over = false;
  const end = (code: number | null) => {
    if (over) return;
    over = true;
    events.closed(code);
  };
  /** Tell whom the server does not let in. */
  const explain = async () => {
    const me = await http.whoAmI();
    if (me.state === "ask" && !over) events.asked({ owner: me.owner, may_be_owner: me.may_be_owner });
    if (http.isKnown && !socket && !over) open();
    else end(me.state === "ask" || me.state === "signed_out" ? SIGNED_OUT : null);
  };
  const open = () => {
    let opened = false;
    const url = new URL("ws", http.base);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(url);
    socket.onopen = () => {
      opened = true;
      events.opened();
    };
    socket.onmessage = ({ data }) => {
      if (!over && typeof data === "string") events.received(data);
    };
    socket.onclose = ({ code }) => (opened ? end(code) : explain());
  };
  events.via("direct", http.base);
  if (http.isKnown) open();
  else void explain();
  return {
    send: (data) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(data);
    },
    close: (code) => {
      over = true;
      socket?.close(code);
    },
  };
}
