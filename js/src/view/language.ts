/**
 * Which language the view speaks. English is in the bundle; every other language is a lazy chunk (`lang-he.chunk.ts`) with a table for each
 * of the English ones, of the same type. A table is an object that is filled anew when another language comes, so the views read `S.key`
 * when they draw, and never keep a word. Knows no DOM but the languages that the browser and the host name.
 */

import { signal } from "@preact/signals";

/** A language: what its chunk exports. `tables` has the name of each table that `words` was asked for. */
export interface Language {
  code: string;
  dir: "ltr" | "rtl";
  tables: Record<string, object>;
  /** What the hub refuses, by code, instead of its own words, which are English. */
  errors: Readonly<Record<string, string>>;
}

/** The languages besides English, by the start of a tag: `he-IL` is `he`. */
export const LANGUAGES = ["he"] as const;
export type LanguageCode = (typeof LANGUAGES)[number];

const english: Language = { code: "en", dir: "ltr", tables: {}, errors: {} };
const tables = new Map<string, object>();

/** The language now; views that read it draw anew when it changes. */
export const language = signal(english);

/** A table of words: these English ones, or those of the language that was chosen, whichever comes first to the page. */
export function words<T extends object>(name: string, table: T): T {
  const known = { ...table, ...language.peek().tables[name] };
  tables.set(name, known);
  english.tables[name] = table;
  return known;
}

/** Speak this language from now on. */
export function speak(chosen: Language = english): void {
  for (const [name, table] of tables) Object.assign(table, english.tables[name], chosen.tables[name]);
  locale = localeOf(chosen.code);
  language.value = chosen;
}

/**
 * The first language that we have of those that are wished for, most wanted first; null: English. A wish that is English ends the search.
 *
 * @param wishes tags such as `he-IL`; empty ones are passed over
 */
export function choose(wishes: readonly string[]): LanguageCode | null {
  for (const wish of wishes) {
    const code = startOf(wish);
    if (code === "en") return null;
    const found = LANGUAGES.find((one) => one === code);
    if (found) return found;
  }
  return null;
}

const startOf = (tag: string): string => tag.toLowerCase().split("-")[0]?.replace("iw", "he") ?? "";

/** For Intl: the browser's own variety of the language that the view speaks (en-GB, en-IN), so that dates are as people know them there. */
function localeOf(code: string): string {
  return navigator.languages?.find((tag) => startOf(tag) === code) ?? (code === "en" ? "en-GB" : code);
}

let locale = localeOf("en");

/** What Intl is to be asked for; another one after `speak`. */
export const localeNow = (): string => locale;

const made = new Map<string, unknown>();

/** An Intl object of the language now; each is made once, because making one costs more than using it. */
export function intl<T>(kind: new (locale: string, options?: object) => T, options: object = {}): T {
  const key = `${kind.name} ${locale} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new kind(locale, options));
  return made.get(key) as T;
}

/** The forms of a counted thing; `#` is the number. Which languages use which: unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** "1 member", "5 members": the form that this number takes in the language now. */
export function plural(n: number, forms: Forms): string {
  const form = forms[intl(Intl.PluralRules).select(n)] ?? forms.other;
  return form.replace("#", intl(Intl.NumberFormat).format(n));
}

/** "Ada, Grace and Linus" */
export const listOf = (items: readonly string[]): string => intl(Intl.ListFormat).format(items);
