/** A server of the route `poll` on loopback, with a network before it that fails as the test says. Knows what docs/protocol.md says of polling. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of one request: it never arrives, its answer is lost or cut in the middle, or something on the way answers in its place. */
export type Fault = "lost before" | "lost after" | "cut" | number;

interface Waiting {
  after: number;
  response: ServerResponse;
}

export class FarEnd {
  /** The requests that arrived, by kind. */
  readonly arrived: { t: string; code?: number }[] = [];
  /** What the client said, once each. */
  readonly heard: string[] = [];
  /** How many frames each send brought. */
  readonly sends: number[] = [];
  /** Of the last request. */
  headers: IncomingMessage["headers"] = {};
  /** For the next requests of a kind, one each. */
  readonly faults: Record<string, Fault[]> = {};
  readonly #frames: string[] = [];
  #closed: number | null = null;
  #waiting: Waiting | null = null;
  /** Told of each request, once it is dealt with. */
  #seen = () => {};

  private constructor(private readonly server: Server) {}

  static async starts(): Promise<FarEnd> {
    const server = createServer((request, response) => void far.#take(request, response));
    const far = new FarEnd(server);
    await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
    return far;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stops(): Promise<void> {
    return new Promise((gone) => {
      this.server.close(() => gone());
      this.server.closeAllConnections();
    });
  }

  says(...frames: string[]): void {
    this.#frames.push(...frames);
    this.#answerWait();
  }

  closes(code: number): void {
    this.#closed = code;
    this.#answerWait();
  }

  /** Once so many requests of a kind have arrived. */
  async hasSeen(kind: string, count: number): Promise<void> {
    while (this.arrived.filter(({ t }) => t === kind).length < count)
      await new Promise<void>((go) => {
        this.#seen = go;
      });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const asked = JSON.parse(Buffer.concat(pieces).toString());
    const fault = this.faults[asked.t]?.shift();
    this.headers = request.headers;
    if (typeof fault === "number") response.writeHead(fault).end("<h1>Bad gateway</h1>");
    else if (fault === "lost before") request.socket.destroy();
    else this.#deal(asked, fault, response);
    this.arrived.push(asked);
    this.#seen();
  }

  #deal(
    asked: { t: string; after: number; first: number; frames: string[] },
    fault: Fault | undefined,
    response: ServerResponse,
  ): void {
    if (asked.t === "send") {
      this.sends.push(asked.frames.length);
      if (asked.first > this.heard.length + 1) throw new Error(`a gap before ${asked.first}`);
      this.heard.push(...asked.frames.slice(this.heard.length + 1 - asked.first));
    }
    if (asked.t !== "wait") {
      answer(response, asked.t === "open" ? '{"id": "one"}' : "{}", fault);
      return;
    }
    this.#waiting?.response.end(JSON.stringify({ next: this.#waiting.after, closed: null }));
    this.#waiting = { after: asked.after, response };
    this.#answerWait(fault);
  }

  #answerWait(fault?: Fault): void {
    if (!this.#waiting) return;
    const { after, response } = this.#waiting;
    const frames = this.#frames.slice(after);
    if (frames.length === 0 && this.#closed === null && fault === undefined) return;
    this.#waiting = null;
    const head = JSON.stringify({ next: this.#frames.length, closed: this.#closed });
    answer(response, [head, ...frames].join("\n"), fault);
  }
}

function answer(response: ServerResponse, text: string, fault: Fault | undefined): void {
  if (fault === "lost after") {
    response.socket?.destroy();
  } else if (fault === "cut") {
    response.writeHead(200, { "Content-Length": Buffer.byteLength(text) });
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
  } else response.end(text);
}
