/** What the word at the caret asks for, and what answers it: people, commands, emoji. Pure; the lists come from outside. */

/** `@gra`, `:smi`, `/top`: where it begins in the text, and what stands behind the sign. */
export interface Query {
  kind: "person" | "emoji" | "command";
  from: number;
  text: string;
}

/** An answer: what it looks like, and what it puts in the place of the query. */
export interface Suggestion {
  key: string;
  insert: string;
  label: string;
  detail: string;
  /** An emoji that stands before it. */
  glyph?: string;
  /** A person's id, for the face. */
  user?: string;
  online?: boolean | undefined;
}

/** How many are offered at a time. */
export const SUGGESTIONS = 8;
/** So many letters of an emoji's name begin to mean one: ":)" and "10:30" do not. */
const EMOJI_LETTERS = 2;

const PERSON = /(?:^|[\s([{"'*_>-])@([^\s@:]{0,40}(?: [^\s@]{1,40})?)$/u;
const EMOJI = /(?:^|[\s([{"'*_>@-])(:([a-z0-9_+-]{2,40}))$/i;
const COMMAND = /^\/([a-z][\w-]*|)$/i;

/** Whether the end of this text stands inside code, where nothing is completed. */
export function inCode(before: string): boolean {
  const outside = before.replace(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[ \t]*(?:\n|$)/gm, "");
  if (/^(?:`{3,}|~{3,})/m.test(outside)) return true;
  const line = outside.slice(outside.lastIndexOf("\n") + 1);
  return (line.match(/`+/g)?.length ?? 0) % 2 === 1;
}

/** What the caret asks for; null: nothing. */
export function queryAt(text: string, caret: number): Query | null {
  const before = text.slice(0, caret);
  const command = COMMAND.exec(before);
  if (command && !/^\S/.test(text.slice(caret))) return { kind: "command", from: 0, text: command[1] ?? "" };
  const person = PERSON.exec(before)?.[1];
  const emoji = EMOJI.exec(before)?.[2] ?? "";
  if ((person === undefined && emoji.length < EMOJI_LETTERS) || inCode(before)) return null;
  if (person !== undefined) return { kind: "person", from: caret - person.length - 1, text: person };
  return { kind: "emoji", from: caret - emoji.length - 1, text: emoji };
}

/** `:name:` that has just been closed at the caret; null: none, or in code. */
export function closedName(text: string, caret: number): { from: number; name: string } | null {
  const before = text.slice(0, caret);
  const found = /(?:^|[^\w:]):([a-z0-9_+-]{2,40}):$/i.exec(before)?.[1];
  return found && !inCode(before) ? { from: caret - found.length - 2, name: found } : null;
}

/** For comparing names: without case and without marks on letters. */
export const plain = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** How well a name or an id answers: the smaller the better; null: not at all. */
export function rankOf(name: string, id: string, query: string): number | null {
  const [shown, key, wanted] = [plain(name), plain(id), plain(query)];
  if (shown.startsWith(wanted)) return 0;
  if (shown.split(/[\s.-]+/).some((word) => word.startsWith(wanted))) return 1;
  if (key.startsWith(wanted)) return 2;
  return shown.includes(wanted) ? 3 : null;
}
