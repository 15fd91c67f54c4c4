/**
 * The lazy parts: the highlighter and the sheets. Each is one file, imported by absolute URL from the hub that serves the page, else asked
 * of Python over the comm and imported from a blob. Where neither gives it, the view does without, and asks again the next time.
 */

import type { AnyModel } from "@anywidget/types";
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { jsx, jsxs } from "preact/jsx-runtime";
import type { Sheets } from "./sheets.chunk";

/** What highlight.chunk.ts exports. */
export interface Highlighter {
  highlight(code: string, language: string): string | null;
}

export interface Chunks {
  /** Colours for code; null: not to be had now. */
  highlighter(): Promise<Highlighter | null>;
  /** The forms of the menu and the first question; null: not to be had now. */
  sheets(): Promise<Sheets | null>;
}

/** After which a kernel that does not answer is taken for busy or gone. */
const CHUNK_WAIT_MS = 20_000;

function askPython(model: AnyModel, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      model.off("msg:custom", take);
    };
    const take = (message: { t?: string; name?: string; text?: string }) => {
      if (message?.t !== "chunk" || message.name !== name) return;
      stop();
      typeof message.text === "string" ? resolve(message.text) : reject(new Error(`Python has no chunk ${name}.`));
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`No chunk ${name} from Python in ${CHUNK_WAIT_MS} ms.`));
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

/**
 * The sheets are written with this bundle's Preact, because hooks of one copy mean nothing to another, and each widget's module has a
 * copy of its own: the chunk is a function of what it would import (build.mjs wraps it so).
 */
const given: Record<string, unknown> = {
  preact: { Fragment },
  "preact/hooks": { useEffect, useRef, useState },
  "preact/jsx-runtime": { Fragment, jsx, jsxs },
};

/** How this view gets its chunks; a second call shares the first, unless that failed. */
export function chunksFrom(pageUrl: () => string | null, model?: AnyModel): Chunks {
  const running = new Map<string, Promise<unknown>>();
  const get = async (name: string): Promise<unknown> => {
    const page = pageUrl();
    if (page) return import(/* @vite-ignore */ `${page}static/chunks/${name}`);
    if (model) return fromPython(model, name);
    throw new Error(`Nobody here has the chunk ${name}.`);
  };
  const once = async <T>(name: string, made: (module: unknown) => T): Promise<T | null> => {
    let work = running.get(name);
    if (!work) {
      work = get(name).then(made);
      running.set(name, work);
    }
    try {
      return (await work) as T;
    } catch {
      running.delete(name);
      return null;
    }
  };
  return {
    highlighter: () => once(__NBCHAT_CHUNKS__.highlight, (module) => module as Highlighter),
    sheets: () =>
      once(__NBCHAT_CHUNKS__.sheets, (module) =>
        (module as { default: (use: (name: string) => unknown) => Sheets }).default((name) => given[name]),
      ),
  };
}
