/**
 * Values of the protocol's types by chance, from docs/protocol.schema.json; now and then not quite of their type. The same idea as
 * tests/security/shapes.py, for what runs in the page.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hostile } from "./hostile";

interface Schema {
  $ref?: string;
  type?: string;
  anyOf?: Schema[];
  enum?: unknown[];
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  minimum?: number;
  maximum?: number;
}

const file = join(import.meta.dirname, "../../../docs/protocol.schema.json");
const { $defs }: { $defs: Record<string, Schema> } = JSON.parse(readFileSync(file, "utf-8"));

const EDGES = [0, 1, 2, 2 ** 31, 2 ** 53 - 1, 2 ** 53];
const FLOATS = [0, -0, 1.5, 1e308, -1e308, 5e-324];
const PEOPLE = ["ada", "bob", "eve", "nobody", "@all", "", "__proto__", "constructor"];
const WORDS = [
  "",
  " ",
  "hi",
  "@bob",
  "#room",
  "/deploy",
  "\0",
  "\u202e",
  "\ud800",
  "é".repeat(200),

  "👍",
];
/** The long ones cost more than they tell, in each of a thousand fields. */
const SHORT = hostile.filter((text) => text.length < 300);
const WRONG = [null, true, -1, 1.5, "x", [], {}, [[]], { a: {} }];

/** Numbers by chance, the same for the same seed (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  readonly next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  of<T>(some: readonly T[]): T {
    return some[this.below(some.length)] as T;
  }
}

export class Shapes {
  /** Conversations that there are. */
  ids = ["c1", "c2", "never-was", "__proto__"];

  /** @param wrong how likely a value is of another type than it should be */
  constructor(
    readonly dice: Dice,
    private readonly wrong = 0.004,
  ) {}

  /** Anything that a hub may say. */
  item(): Record<string, unknown> {
    return this.of("AnyFromHub");
  }

  /** Something of this kind. */
  of(kind: string): Record<string, unknown> {
    return this.#value($defs[kind] as Schema, "") as Record<string, unknown>;
  }

  /** What is sent, and now and then something that only looks like it. */
  frame(items: unknown[]): string {
    const text = JSON.stringify(items);
    switch (this.dice.below(12)) {
      case 0:
        return this.#bent(text);
      case 1:
        return this.dice.of(hostile);
      case 2:
        return "[".repeat(this.dice.below(3_000)) + text;
      default:
        return text;
    }
  }

  #bent(text: string): string {
    let bent = text;
    for (let n = 0; n < 1 + this.dice.below(5); n++) {
      const at = this.dice.below(bent.length + 1);
      const size = this.dice.below(20);
      const instead = this.dice.of([String.fromCharCode(this.dice.below(256)), "", bent.slice(at, at + size)]);
      bent = bent.slice(0, at) + instead + bent.slice(at + size);
    }
    return bent;
  }

  #value(schema: Schema, name: string): unknown {
    const { dice } = this;
    if (name && dice.next() < this.wrong) return dice.of(WRONG);
    if (schema.$ref) return this.#value($defs[schema.$ref.split("/").at(-1) ?? ""] as Schema, "");
    if (schema.anyOf) return this.#value(dice.of(schema.anyOf), name);
    if (schema.enum) return dice.of(schema.enum);
    switch (schema.type) {
      case "null":
        return null;
      case "boolean":
        return dice.next() < 0.5;
      case "integer":
        return this.#number(schema);
      case "number":
        return dice.of(FLOATS);
      case "string":
        return this.#text(name);
      case "array":
        return this.#list(schema, name);
      case "object":
        return this.#object(schema);
    }
    throw new Error(`no value of ${JSON.stringify(schema)}`);
  }

  #list({ prefixItems, items }: Schema, name: string): unknown[] {
    if (prefixItems) return prefixItems.map((one) => this.#value(one, name));
    return Array.from({ length: this.dice.of([0, 1, 1, 2, 3, 60]) }, () => this.#value(items as Schema, name));
  }

  #object({ properties, additionalProperties }: Schema): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    if (additionalProperties)
      for (let n = this.dice.below(4); n > 0; n--) made[this.dice.of(this.ids)] = this.#value(additionalProperties, "");
    // A hub says all of them, and not only what has no default; one that is wrong may leave some out.
    for (const [name, one] of Object.entries(properties ?? {}))
      if (this.dice.next() >= this.wrong * 4) made[name] = this.#value(one, name);
    return made;
  }

  #number({ minimum = 0, maximum = 100 }: Schema): number {
    if (this.dice.next() < 0.02) return this.dice.of(EDGES);
    return minimum + this.dice.below(Math.min(maximum - minimum, 30) + 1);
  }

  #text(name: string): string {
    const { dice } = this;
    if (["conversation", "id", "before"].includes(name) && dice.next() < 0.9) return dice.of(this.ids);
    const people = ["user", "users", "members", "author", "peer", "by", "typing"];
    if (people.includes(name) && dice.next() < 0.9) return dice.of(PEOPLE);
    if (name === "emoji" && dice.next() < 0.8) return dice.of(["👍", "🎉"]);
    if (name === "key" && dice.next() < 0.8) {
      const kind = dice.of(["draft:", "prefs:", "saved:", "read:", "thread:", "block:", ""]);
      return `${kind}${dice.of(this.ids)}${dice.of(["", "/1", "/x", "/"])}`;
    }
    return dice.next() < 0.6 ? dice.of(WORDS) : dice.of(SHORT);
  }
}
