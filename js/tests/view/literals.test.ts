// @vitest-environment node
/** Every word that people see comes from a table: no other module of the view has one in a place that is shown or read out. */

import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";

/** Attributes that people read or hear. */
const SAID = ["aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt", "label"];
/** What is shown or said when it is set. */
const SHOWS = /(?:\.(?:note|spoken)\.value|\.textContent|\.title)$/;

const isWord = (text: string): boolean => /\p{L}{2}/u.test(text);

/** Decoration, or code, which is the same in every language. */
function isHidden(node: ts.Node): boolean {
  if (ts.isJsxElement(node) && /aria-hidden="true"|^<code\b/.test(node.openingElement.getText())) return true;
  return node.parent !== undefined && isHidden(node.parent);
}

/** Literals that an expression can be: itself, or what a condition leads to. */
function literalsOf(node: ts.Expression | undefined): string[] {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) return [...literalsOf(node.left), ...literalsOf(node.right)];
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  return ts.isParenthesizedExpression(node) ? literalsOf(node.expression) : [];
}

function inAttribute({ name, initializer }: ts.JsxAttribute): string[] {
  if (!initializer || !SAID.includes(name.getText())) return [];
  if (ts.isStringLiteral(initializer)) return [initializer.text];
  return ts.isJsxExpression(initializer) ? literalsOf(initializer.expression) : [];
}

function inChild(node: ts.JsxExpression): string[] {
  const isChild = ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent);
  return isChild && !isHidden(node) ? literalsOf(node.expression) : [];
}

/** What one node shows by itself. */
function shownBy(node: ts.Node): string[] {
  if (ts.isJsxText(node)) return isHidden(node) ? [] : [node.text.trim()];
  if (ts.isJsxExpression(node)) return inChild(node);
  if (ts.isJsxAttribute(node)) return inAttribute(node);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return [];
  return SHOWS.test(node.left.getText()) ? literalsOf(node.right) : [];
}

function wordsIn(name: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    found.push(...shownBy(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TSX));
  return found.filter(isWord);
}

test("the finder finds text, attributes, conditions and what is set", () => {
  const text =
    'const a = <p title="One" class="not">Two {"Three"} {x ? "Four" : y} <i aria-hidden="true">no</i></p>; ui.note.value = "Five";';
  expect(wordsIn("x.tsx", text).sort()).toEqual(["Five", "Four", "One", "Three", "Two"]);
});

// Tests run in the folder js.
const files = readdirSync("src/view").filter((file) => /\.tsx?$/.test(file) && !file.endsWith("strings.ts"));

test.each(files)("no words in %s", (file) => {
  expect(wordsIn(file, readFileSync(`src/view/${file}`, "utf8"))).toEqual([]);
});
