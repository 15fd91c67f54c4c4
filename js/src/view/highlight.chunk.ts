/**
 * The lazy chunk that colours code: highlight.js's core and the languages of notebooks. Loaded when the first code block with a known
 * language is shown (code.ts); exports one function, so that the widget knows nothing of the library.
 */

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import julia from "highlight.js/lib/languages/julia";
import markdown from "highlight.js/lib/languages/markdown";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import colours from "./css/code.css";
import { spansOf } from "./spans";
import { addStyles } from "./styles";

const languages = {
  bash,
  cpp,
  css,
  diff,
  javascript,
  json,
  julia,
  markdown,
  python,
  r,
  rust,
  sql,
  typescript,
  xml,
  yaml,
};
addStyles(colours);
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/**
 * Colour a piece of code.
 *
 * @param code the text as it was written
 * @param language its name or an alias (`py`, `ts`, `sh`)
 * @returns text and `span`s with `hljs-` classes, or null for a language that is not here
 */
export function highlight(code: string, language: string): DocumentFragment | null {
  return hljs.getLanguage(language) ? spansOf(hljs.highlight(code, { language, ignoreIllegals: true }).value) : null;
}
