// @vitest-environment jsdom -- it reads character references as browsers do.
/** What a message may look like, and what it may never do. */

import { describe, expect, test } from "vitest";
import { toLine, toNodes } from "../../src/view/markdown";
import { spansOf } from "../../src/view/spans";
import { hostile } from "../kit/hostile";

function drawn(text: string): HTMLElement {
  const element = document.createElement("div");
  element.append(toNodes(text));
  return element;
}

describe("Markdown", () => {
  test("single line breaks stay", () => {
    expect(drawn("one\ntwo").querySelectorAll("br")).toHaveLength(1);
  });

  test("bold, code, strikes, quotes, lists and tables", () => {
    const text = "**b** `c` ~~d~~\n\n> q\n\n1. x\n2. y\n\n| a | b |\n|--|--:|\n| 1 | 2 |";
    const shown = drawn(text);
    for (const tag of ["strong", "code", "del", "blockquote", "ol", "table"])
      expect(shown.querySelector(tag), tag).toBeTruthy();
    expect(shown.querySelector("td[align=right]")?.textContent).toBe("2");
  });

  test("HTML of a peer is text", () => {
    expect(drawn("<b>no</b> & <i>x</i>").textContent?.trim()).toBe("<b>no</b> & <i>x</i>");
    expect(drawn("<b>no</b>").querySelector("b")).toBeNull();
  });

  test("a task list has glyphs and no form fields", () => {
    const shown = drawn("- [x] done\n- [ ] open");
    expect(shown.textContent).toMatch(/☑\s+done\s+☐\s+open/);
    expect(shown.querySelector("input")).toBeNull();
  });

  test("an image is a link that is not loaded", () => {
    const shown = drawn("![a cat](https://example.org/cat.png)");
    expect(shown.querySelector("img")).toBeNull();
    expect(shown.querySelector("a")?.textContent).toBe("Image: a cat");
  });

  test("links open elsewhere and tell nobody where they come from", () => {
    const link = drawn("[x](https://example.org)").querySelector("a");
    expect(link?.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(link?.getAttribute("target")).toBe("_blank");
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "/relative",
    "JaVaScRiPt:alert(1)",
  ])("%s is no link", (href) => expect(drawn(`[x](${href})`).querySelector("a")).toBeNull());

  test("a heading is no heading of the page", () => {
    const shown = drawn("# Big");
    expect(shown.querySelector("h1")).toBeNull();
    expect(shown.querySelector("p.nbc-h1")?.textContent).toBe("Big");
  });

  test("code knows its language, and keeps every character", () => {
    const code = drawn('```python\nif a < b and "x":\n    pass\n```').querySelector("pre > code") as HTMLElement;
    expect(code.dataset["lang"]).toBe("python");
    expect(code.textContent).toBe('if a < b and "x":\n    pass');
    expect(code.parentElement?.getAttribute("dir")).toBe("ltr");
  });

  test.each([
    ["**a**\n\n```py\nb\n```\n`c` *d* ~~e~~ [f](https://example.org)", "a b c d e f"],
    ["# Plan\n> quoted\n\n- [x] one\n- two\nand more", "Plan quoted ☑ one two and more"],
    ["one\ntwo", "one two"],
    ["| run | loss |\n|:--|--:|\n| base | 0.1 |", "run loss base 0.1"],
    ["| run | loss | |:--|--:| | base | 0.1 |", "run loss base 0.1"],
    ["It costs $5 and $6, by $e^{i\\pi} = \\frac{a}{b}$", "It costs $5 and $6, by e^{i\\pi} = \\frac{a}{b}"],
    ["so $$\n\\sum_i x_i\n$$ and \\(a_1\\)", "so \\sum_i x_i and a_1"],
    ["try\n```py\nimport torch\nprint(1)\n```\nnow", "try import torch… now"],
    ["see ```python def f(x): return **never closed", "see def f(x): return never closed"],
    ["`2 ** 3` a | b", "2 ** 3 a | b"],
    ["![a cat](https://example.org/cat.png)", "Image: a cat"],
    ["AT&amp;T <b>", "AT&T <b>"],
  ])("a preview is one line of plain words: %j", (text, line) => expect(toLine(text)).toBe(line));

  test("a preview keeps what only looks like marks", () => {
    expect(toLine("who knows ¯\\\\\\_(ツ)\\_/¯")).toBe("who knows ¯\\_(ツ)_/¯");
  });

  test.each([
    [">".repeat(20), false],
    ["> ".repeat(19), true],
    ["1. ".repeat(20), false],
    [`a\n${"> - ".repeat(10)}b`, false],
  ])("%s is plain text, if too deep", (text, isParsed) => {
    const shown = drawn(text);
    expect(shown.querySelector("blockquote, ol") !== null).toBe(isParsed);
    if (!isParsed) expect(shown.textContent?.trim()).toBe(text.replace("\n", "").trim());
  });

  test.each(["-", "- ", "*", "_ "])("a line of %j is still a line", (mark) => {
    expect(drawn(`a\n\n${mark.repeat(10)}`).querySelector("hr")).not.toBeNull();
    expect(drawn(`a\n\n${mark.trim().repeat(60)}`).querySelector("hr")).not.toBeNull();
  });

  test("emphasis of a paragraph with too many marks is left as it was written; other paragraphs have theirs", () => {
    const shown = drawn(`${"*a* ".repeat(201)}\n\n**b** ~~c~~ and \`${"*".repeat(500)}\``);
    expect(shown.querySelector("em")).toBeNull();
    expect(shown.textContent).toContain("*a* *a*");
    expect(shown.querySelector("strong")?.textContent).toBe("b");
    expect(shown.querySelector("del")?.textContent).toBe("c");
    expect(drawn("*a* ".repeat(199)).querySelectorAll("em")).toHaveLength(199);
  });

  test("character references of text are what they mean, those of code are code", () => {
    expect(drawn("&copy; &#65; &amp;lt; &nope; AT&T; `&lt;`").textContent?.trim()).toBe("© A &lt; &nope; AT&T; &lt;");
  });

  test("a list begins with the number that it was given", () => {
    expect(drawn("3. x\n4. y").querySelector("ol")?.getAttribute("start")).toBe("3");
    expect(drawn("1. x").querySelector("ol")?.hasAttribute("start")).toBe(false);
  });

  test("what nobody has to draw is left out, what is unknown stays text", () => {
    expect(drawn("[a]: https://example.org\n\n[a]").textContent?.trim()).toBe("a");
    expect(drawn("\\*a\\* <https://example.org>").textContent?.trim()).toBe("*a* https://example.org");
  });

  test("a word that names somebody gets a mark, and is text whatever it is", () => {
    const shown = document.createElement("div");
    shown.append(toNodes('hi @<b>"x', [{ word: '@<b>"x', user: '"><i>', own: true }]));
    expect(shown.querySelector(".nbc-mention")?.textContent).toBe('@<b>"x');
    expect(shown.querySelector<HTMLElement>(".nbc-mention")?.dataset["user"]).toBe('"><i>');
    expect(shown.querySelector("b, i")).toBeNull();
  });

  test("the same text twice is two trees", () => {
    const first = toNodes("*a*");
    first.firstChild?.remove();
    expect(drawn("*a*").querySelector("em")?.textContent).toBe("a");
  });

  test("what a highlighter writes is spans with classes, and all else of it is text", () => {
    const shown = document.createElement("pre");
    shown.append(spansOf('<span class="hljs-k">a &lt; <span class="hljs-s">&#x27;b&#x27;</span></span> &amp; c'));
    expect(shown.innerHTML).toBe('<span class="hljs-k">a &lt; <span class="hljs-s">\'b\'</span></span> &amp; c');
    shown.replaceChildren(spansOf('</span><span class="x" onclick="x()"><img src=x onerror=alert(1)>&copy;'));
    expect(shown.children).toHaveLength(0);
    expect(shown.textContent).toContain("<img src=x onerror=alert(1)>&copy;");
  });
});

describe("hostile texts", () => {
  test.each(hostile.map((text) => [text.slice(0, 60), text] as const))("%s", (_, text) => {
    const shown = drawn(text);
    expect(
      shown.querySelector(
        "script, style, iframe, img, svg, math, form, input, button, video, object, embed, base, link, meta",
      ),
    ).toBeNull();
    for (const element of shown.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^style$|^id$|^name$|^src/);
        if (name === "href") expect(value).toMatch(/^(https?:|mailto:)/i);
      }
    }
  });
});
