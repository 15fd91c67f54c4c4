/** What lies behind a transport in tests: a browser's socket that does what the test says, and who listens to the transport. */

import { vi } from "vitest";
import type { TransportEvents } from "../../src/transport/transport";

/** What a browser's socket does, as far as the transports use it. */
export class EdgeSocket {
  static all: EdgeSocket[] = [];
  static readonly OPEN = 1;
  readyState = 0;
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onclose = (_: { code: number }) => {};
  sent: string[] = [];

  constructor(readonly url: string | URL) {
    EdgeSocket.all.push(this);
  }

  /** From now on sockets are these, and there is none yet. */
  static install(): void {
    EdgeSocket.all = [];
    vi.stubGlobal("WebSocket", EdgeSocket);
  }

  static get newest(): EdgeSocket {
    return EdgeSocket.all.at(-1) as EdgeSocket;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen();
  }

  says(data: string): void {
    this.onmessage({ data });
  }

  closes(code: number): void {
    this.readyState = 3;
    this.onclose({ code });
  }

  send(data: string): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
  }
}

/** Notes what a transport says. */
export class Log implements TransportEvents {
  said: string[] = [];
  opened = () => void this.said.push("opened");
  received = (data: string) => void this.said.push(`received ${data}`);
  closed = (code: number | null) => void this.said.push(`closed ${code}`);
  via = (way: string) => void this.said.push(`via ${way}`);
  noted = (note: string) => void (note && this.said.push(`noted ${note}`));
  asked = () => void this.said.push("asked");
}
