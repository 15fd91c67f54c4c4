/**
 * Which way a page reaches its hub, and one connection for all widgets of a page that mean the same hub.
 *
 * A page first asks the hub at its own origin which store it has. The widget's own store, or any for a page: the direct socket, and
 * from then on always, because a server that is away comes back. No hub there, or another store: the relay, if there is a kernel.
 * Nobody answered: no connection, and the question again at the next attempt, because the relay has the session's login and not the viewer's.
 *
 * Text `_esm` is a new module for each model, so what widgets share lies on `globalThis` and holds no signals: each has its own.
 */

import type { AnyModel } from "@anywidget/types";
import type { Chat } from "../client/chat";
import { HubClient } from "../client/hub";
import { Model } from "../client/model";
import { seedOf } from "../client/seed";
import { direct } from "./direct";
import { HubHttp } from "./http";
import { relay } from "./relay";
import type { Dial, Transport, TransportEvents } from "./transport";

/** Of what lies on `globalThis`; another version of nbchat on the same page has a registry of its own. */
const SHAPE = 1;
const REGISTRY = Symbol.for(`nbchat.hubs/${SHAPE}`);

interface Shared {
  hub: HubClient;
  /** Models of the widgets that use it, newest last; the relay goes through one that lives. */
  models: AnyModel[];
  views: number;
}

type Registry = Map<string, Shared>;

function registry(): Registry {
  const home = globalThis as { [REGISTRY]?: Registry };
  home[REGISTRY] ??= new Map();
  return home[REGISTRY];
}

export interface Source {
  /** The widget's model, in a notebook. */
  model?: AnyModel;
  /** The document, for the page of its own. */
  root?: Document;
}

/** The chat of this page or widget, until the signal aborts; returns at once, and connects by itself. */
export function connect(source: Source, until: AbortSignal): Chat {
  const root = source.root ?? document;
  const base = hubBase(root, source.model === undefined);
  const store = String(source.model?.get("store") ?? "");
  const hub = acquire(`${base ?? "none"}|${store}`, base, store, source.model, until);
  return new Model(hub, until, source.model ? seedOf(source.model) : null);
}

/**
 * Where the hub would be: absolute, ending in `/nbchat/`; null where the page has no configuration of Jupyter, or of nbchat on the page of
 * its own. Only a script at this origin counts, because a message or an output may bring an element with any id.
 */
export function hubBase(root: Document, isPage: boolean): string | null {
  const id = isPage ? "nbchat-config" : "jupyter-config-data";
  const text = root.querySelector(`script#${id}[type="application/json"]`)?.textContent;
  if (!text) return null;
  try {
    const { baseUrl } = JSON.parse(text);
    const url = new URL(`${baseUrl.replace(/\/?$/, "/")}nbchat/`, root.baseURI);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}

/** Take a share of the hub with this key; the last one that lets go ends it. */
export function acquire(
  key: string,
  base: string | null,
  store: string,
  model: AnyModel | undefined,
  until: AbortSignal,
): HubClient {
  const hubs = registry();
  const shared = hubs.get(key) ?? open(key, base, store, model !== undefined);
  hubs.set(key, shared);
  shared.views += 1;
  if (model !== undefined) shared.models.push(model);
  until.addEventListener("abort", () => {
    shared.views -= 1;
    if (model !== undefined) shared.models.splice(shared.models.indexOf(model), 1);
    if (shared.views > 0) return;
    if (hubs.get(key) === shared) hubs.delete(key);
    shared.hub.end();
  });
  return shared.hub;
}

function open(key: string, base: string | null, store: string, hasKernel: boolean): Shared {
  const http = base === null ? null : new HubHttp(base);
  const models: AnyModel[] = [];
  const dial = hasKernel || http === null ? chooser(http, store, () => models.at(-1)) : direct(http);
  const hub = new HubClient({ dial, http, name: key });
  const shared = { hub, models, views: 0 };
  queueMicrotask(() => hub.start());
  return shared;
}

/** A dial that asks first, as the head of this module says; until it is chosen, or where there is no kernel left, nothing opens. */
export function chooser(http: HubHttp | null, store: string, model: () => AnyModel | undefined): Dial {
  type Way = (events: TransportEvents) => Transport | null;
  const here = http && direct(http);
  const throughKernel: Way = (events) => {
    const kernel = model();
    return kernel ? relay(kernel, events) : null;
  };
  let way: Way | null = http ? null : throughKernel;
  const choose = async (): Promise<Way | null> => {
    if (way || !http) return way;
    const found = await http.store();
    if (found !== "unreachable")
      way = found !== "absent" && (store === "" || found.id === store) ? here : throughKernel;
    return way;
  };
  return (events) => {
    let transport: Transport | null = null;
    let over = false;
    void choose().then((chosen) => {
      if (over) return;
      transport = chosen?.(events) ?? null;
      if (transport === null) events.closed(null);
    });
    return {
      send: (data) => transport?.send(data),
      close: (code) => {
        over = true;
        transport?.close(code);
      },
    };
  };
}
