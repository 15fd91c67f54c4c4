/**
 * The lazy parts of the view, each a file NAME.chunk.ts(x) beside this one. It is imported by absolute URL from the hub that serves the
 * page, else asked of Python over the comm and imported from a blob. Where neither gives it, the view does without, and asks again the
 * next time. A new part is a file and a line in `Parts`.
 */

import type { AnyModel } from "@anywidget/types";
import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { given } from "./given";

/** What each part exports. */
export interface Parts {
  /** What people do to messages: menu, editing, dialogs, threads, lists. */
  talk: typeof import("./talk.chunk");
  /** Colours for code. */
  highlight: typeof import("./highlight.chunk");
  /** The forms of the menu, and the first question. */
  sheets: typeof import("./sheets.chunk");
  /** The view in Hebrew. */
  "lang-he": typeof import("./lang-he.chunk");
  /** What helps while writing: completion, commands, formatting, preview. */
  compose: typeof import("./compose.chunk");
  /** The emoji: their names, and the picker. */
  emoji: typeof import("./emoji.chunk");
  /** The unread count in the tab's title, and what a screen reader says of new messages. */
  news: typeof import("./news.chunk");
  /** What happened to conversations. */
  notices: typeof import("./notices.chunk");
  /** Sets formulas. */
  math: typeof import("./math.chunk");
}

export type PartName = keyof Parts;

export interface Chunks {
  /** A part, loaded at most once; null: not to be had now. */
  get<N extends PartName>(name: N): Promise<Parts[N] | null>;
}

/**
 * A part for a component: null until it is wanted and there; "failed" where it did not come. It is asked for again when `wanted` has been
 * false meanwhile, or `again` is another.
 */
export function usePart<N extends PartName>(
  chunks: Chunks,
  name: N,
  wanted: boolean,
  again?: unknown,
): Parts[N] | null | "failed" {
  const [part, setPart] = useState<Parts[N] | null | "failed">(null);
  const has = part !== null && part !== "failed";
  useEffect(() => {
    if (!wanted || has) return;
    let current = true;
    setPart(null);
    void chunks.get(name).then((loaded) => current && setPart(() => loaded ?? "failed"));
    return () => {
      current = false;
    };
  }, [wanted, has, again]);
  return part;
}

/** After which a kernel that does not answer is taken for busy or gone. */
const CHUNK_WAIT_MS = 20_000;

/** The text of a chunk. Why there is none is told to nobody: the view does without. */
function askPython(model: AnyModel, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      model.off("msg:custom", take);
    };
    const take = (message: { t?: string; name?: string; text?: string }) => {
      if (message?.t !== "chunk" || message.name !== name) return;
      stop();
      typeof message.text === "string" ? resolve(message.text) : reject(new Error(name));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(name));
    }, CHUNK_WAIT_MS);
    model.on("msg:custom", take);
    model.send({ t: "chunk", name });
  });
}

async function fromPython(model: AnyModel, name: string): Promise<unknown> {
  const source = await askPython(model, name);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return await import(/* @vite-ignore */ url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A chunk is a function of what it imports (tools/chunks.mjs says why). */
function run(module: unknown): unknown {
  return (module as { default: (given: unknown[]) => unknown }).default(given());
}

/** How this view gets its chunks; a second call shares the first, unless that failed. */
export function chunksFrom(pageUrl: ReadonlySignal<string | null>, model?: AnyModel): Chunks {
  const running = new Map<string, Promise<unknown>>();
  const get = (name: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      // Also where the hub is found only now: a busy kernel answers when its cell is done.
      const stop = effect(() => {
        const page = pageUrl.value;
        if (page) resolve(import(/* @vite-ignore */ `${page}static/chunks/${name}`));
      });
      const asked = pageUrl.peek() || !model ? Promise.reject(new Error(name)) : fromPython(model, name);
      asked.then(resolve, reject).finally(stop);
    });
  return {
    async get<N extends PartName>(name: N) {
      let work = running.get(name);
      if (!work) {
        work = get(`${name}-${__NBCHAT_CHUNKS__}.js`).then(run);
        running.set(name, work);
      }
      try {
        return (await work) as Parts[N];
      } catch {
        running.delete(name);
        return null;
      }
    },
  };
}
