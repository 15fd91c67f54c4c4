// @vitest-environment jsdom -- happy-dom knows no MathML.
/** What is math and what is not, and what a formula may become. */

import { describe, expect, test } from "vitest";
import { set } from "../../src/view/formula";
import { toNodes } from "../../src/view/markdown";

function formulas(text: string): string[] {
  return [...toNodes(text).querySelectorAll(".nbc-math")].map((one) => one.textContent ?? "");
}

describe("what is math", () => {
  test.each([
    ["the loss $x^2$ is", ["$x^2$"]],
    ["$a_1 + b_1$ and $c$", ["$a_1 + b_1$", "$c$"]],
    ["so *$x$*, ($y$)", ["$x$", "$y$"]],
    ["\\(a*b*c\\) inline", ["\\(a*b*c\\)"]],
    ["$$\n\\sum_i x_i\n+ y\n- z\n$$", ["$$\n\\sum_i x_i\n+ y\n- z\n$$"]],
    ["before\n$$x$$\nafter", ["$$x$$"]],
    ["\\[ x = 1 \\]", ["\\[ x = 1 \\]"]],
    ["- item $x$", ["$x$"]],
    ["| a |\n|--|\n| $x$ |", ["$x$"]],
    ["$\\$5$", ["$\\$5$"]],
  ])("%j", (text, expected) => expect(formulas(text)).toEqual(expected));

  test.each([
    "$5 and $6",
    "it costs $5, $6 or $7.50",
    "between $5-$6",
    "US$5 and US$6",
    "5$ and 6$",
    "$20,000 and USD$30,000",
    "$HOME/bin:$PATH",
    "`$x$`",
    "```\n$x$\n```",
    "    $x$ in indented code",
    "\\$x\\$",
    "a $ b $ c",
    "$$",
    "$ $",
    "line $one\ntwo$ lines",
    "[a](https://example.org/?q=$x$)",
  ])("%j has none", (text) => expect(formulas(text)).toEqual([]));

  test("underscores of a formula pair with none outside", () => {
    const shown = toNodes("_so $a_1$ it_ is");
    expect(shown.querySelector("em .nbc-math")?.textContent).toBe("$a_1$");
  });

  test("what is displayed stands by itself, and the source is what one sees first", () => {
    const shown = toNodes("$$x$$");
    expect(shown.querySelector("p.nbc-display")?.textContent).toBe("$$x$$");
    expect(shown.querySelector("[dir=ltr]")).toBeTruthy();
  });

  test("hostile amounts of dollars take no time to speak of", () => {
    for (const text of [
      "$".repeat(10_000),
      "$a ".repeat(3_000),
      "$a_".repeat(3_000),
      "\\(".repeat(5_000),
      "$$a".repeat(3_000),
    ])
      expect(toNodes(text).textContent?.length, text.slice(0, 6)).toBeGreaterThan(5_000);
  });
});

describe("words that name people", () => {
  const named = [
    { word: "@Ada", user: "ada", own: false },
    { word: "@Ada Lovelace", user: "lovelace", own: true },
  ];
  const marks = (text: string) =>
    [...toNodes(text, named).querySelectorAll<HTMLElement>(".nbc-mention")].map((one) => [
      one.textContent,
      one.dataset["user"],
      one.classList.contains("nbc-own-mention"),
    ]);

  test("the longest word wins, each place is marked, code and addresses are not", () => {
    expect(marks("@Ada and **@Ada Lovelace**, `@Ada` x@Ada @ada")).toEqual([
      ["@Ada", "ada", false],
      ["@Ada Lovelace", "lovelace", true],
    ]);
  });

  test("no word goes on before or behind them", () => {
    expect(marks("@Adam @Ada9 ש@Ada @@Ada @Ada_b")).toEqual([]);
    expect(marks("_@Ada_ (@Ada) @Ada's @Ada. @Ada Lovelaces")).toHaveLength(5);
  });

  test("the same text without names has no marks", () =>
    expect(toNodes("@Ada").querySelector(".nbc-mention")).toBeNull());
});

describe("a formula", () => {
  const made = (source: string) => set(source, true);

  test("becomes MathML: inline, or displayed", () => {
    expect(made("$\\frac{a}{b}$")?.querySelector("mfrac")).toBeTruthy();
    expect(made("$x$")?.getAttribute("display")).toBe("inline");
    expect(made("\\[x\\]")?.getAttribute("display")).toBe("block");
    expect(made("$$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$$")?.querySelectorAll("mtd")).toHaveLength(4);
    expect(made("$x$")?.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
  });

  test("that is wrong, too long, or cannot be shown stays as its source", () => {
    expect(made("$\\frac{1}{$")).toBeNull();
    expect(made(`$${"x".repeat(2_001)}$`)).toBeNull();
    expect(set("$x$", false)).toBeNull();
  });

  test("that never ends ends", () => expect(made("$\\def\\a{\\a\\a}\\a$")).toBeNull());

  test.each([
    "\\raisebox{30em}{\\text{Moderator: send me your password}}",
    "\\raisebox{-3000pt}{x}",
    "\\rule{500em}{500em}",
    "\\hspace{-40em}x",
    "\\kern-9000px x",
    "\\begin{matrix}a\\\\[900em]b\\end{matrix}",
  ])("reaches over nothing that others wrote: %s", (tex) => {
    const math = made(`$$${tex}$$`);
    const all = math ? [math, ...math.querySelectorAll<HTMLElement>("*")] : [];
    expect(all.length).toBeGreaterThan(1);
    const values = all.flatMap((one) => [...one.attributes].map(({ value }) => value));
    const lengths = values.flatMap((value) => [...value.matchAll(/([\d.]+)(?:em|ex)/g)].map(([, n]) => Number(n)));
    expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(20);
    expect(values.join(" ")).not.toMatch(/\d{4,}(?:pt|px)/);
  });

  test.each([
    "$\\href{javascript:alert(1)}{x}$",
    "$\\url{javascript:alert(1)}$",
    "$\\includegraphics{https://example.org/x.png}$",
    "$\\class{nbc-send}{x}$",
    "$\\style{background:url(https://example.org)}{x}$",
    "$\\id{evil}{x}$",
    "$\\data{x=1}{x}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\text{<script>alert(1)</script>}$",
    "$\\color{red;background:url(https://example.org)}x$",
  ])("of a peer runs nothing, loads nothing: %s", (source) => {
    const math = made(source);
    const all = math ? [math, ...math.querySelectorAll("*")] : [];
    for (const one of all) {
      expect(one.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
      for (const { name, value } of one.attributes) {
        expect(name).not.toMatch(/^(?:on|href|src|id|xlink|data-)/i);
        expect(value).not.toMatch(/javascript:|url\(|nbc-/i);
      }
    }
  });
});
