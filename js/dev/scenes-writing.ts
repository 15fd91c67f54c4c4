/** Scenes of writing: what the composer shows at each moment, and formulas. */

import type { Message } from "../src/protocol/messages.gen";
import { ADA, BARBARA, base, busy, coming, DANA, frame, GRACE, LINUS, messages, type Scene, team } from "./cast";

const composer = (root: HTMLElement): HTMLTextAreaElement | null =>
  root.querySelector<HTMLTextAreaElement>(".nbc-composer textarea");

/** Waits for the helpers, writes into the composer as a person does, then does the rest. */
function type(text: string, then?: (root: HTMLElement) => Promise<void> | void): (root: HTMLElement) => Promise<void> {
  return async (root) => {
    const area = await coming(
      () => (root.querySelector(".nbc-aids") ? composer(root) : null),
      () => "composer with its helpers",
    );
    area.focus();
    area.setRangeText(text, 0, area.value.length, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true, data: text.at(-1) ?? "" }));
    await then?.(root);
  };
}

function key(key: string, more: KeyboardEventInit = {}): (root: HTMLElement) => Promise<void> {
  return async (root) => {
    await frame();
    composer(root)?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  };
}

/** By place, because names are in the language of the view. */
const click = (selector: string) => (root: HTMLElement) => root.querySelector<HTMLElement>(selector)?.click();

const paste = (text: string) => (root: HTMLElement) => {
  const area = composer(root);
  const data = new DataTransfer();
  data.setData("text/plain", text);
  area?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  area?.setRangeText(text, 0, area.value.length, "end");
  area?.dispatchEvent(new InputEvent("input", { bubbles: true }));
};

const MATHS: [string, string, number, Message["via"]?][] = [
  [GRACE, "The loss is $L(\\theta) = -\\frac{1}{n}\\sum_{i=1}^{n} \\log p_\\theta(y_i \\mid x_i)$, as always.", 30],
  [LINUS, "It was $5 last week and $6 now; `$HOME` stays, and so does \\$x\\$.", 25],
  [
    BARBARA,
    "Then with warm-up over $s$ steps:\n\n$$\n\\eta_t = \\eta_{\\max} \\cdot \\begin{cases} t/s & t < s \\\\ \\sqrt{s/t} & t \\ge s \\end{cases}\n$$\n\nand in matrix form \\(\\mathbf{W} = \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\\).",
    20,
  ],
  [ADA, "Thanks, \\[ \\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2} \\]", 4],
  [ADA, "This one is broken: $\\frac{1}{$ and stays as it is.", 3],
];

function offering(): Scene["chat"] {
  const chat = busy();
  const known = chat.conversation("team");
  if (known.value) {
    const commands = [{ name: "deploy", help: "Deploy a branch: /deploy main", user: LINUS }];
    known.value = { ...known.value, commands };
  }
  return chat;
}

const writing = (text: string, then?: (root: HTMLElement) => void) => (): Scene => ({
  chat: offering(),
  open: "team",
  act: type(text, then),
});

const DRAFT = "The **warm-up** helps: $\\eta_t = t/s$ until step `500`.\n\n- seed 1 is through\n- seed 2 runs";

const DEEDS: [string, string, number][] = [
  [GRACE, "/me waves from the **reading room**", 40],
  [DANA, "/me מנופפת בחזרה", 38],
  [LINUS, "Where is that?", 35],
  [
    ADA,
    "/me looks for it on the map, and finds that there are two of them in two buildings, both closed on Fridays",
    30,
  ],
  [ADA, "/me runs\n\n```sh\nmake bench\n```", 29],
];

const STREAMED: [string, string, number, "session"?][] = [
  [LINUS, "How do the two seeds do?", 2],
  [GRACE, "They run in my notebook; it writes what it finds:", 1],
  [GRACE, "The loss", 0, "session"],
];

export const writingScenes: Record<string, () => Scene> = {
  deeds: () => {
    const chat = base();
    chat.has(team(messages(DEEDS)));
    return {
      chat,
      open: "team",
      reply: 2,
      act: type("/me *thinks*", key("P", { code: "KeyP", ctrlKey: true, shiftKey: true })),
    };
  },
  mention: writing("Could you look at this, @"),
  smile: writing("Well done :tad"),
  slash: writing("/"),
  format: writing(DRAFT, click(".nbc-aids button:last-child")),
  preview: writing(DRAFT, key("P", { code: "KeyP", ctrlKey: true, shiftKey: true })),
  unknown: writing("/depoly prod", key("Enter")),
  pasted: writing("", paste("def mean(xs):\n    total = sum(xs)\n    return total / len(xs)")),
  help: writing("/help", key("Enter")),
  picker: writing("", click(".nbc-aids button")),
  reply: () => ({ chat: offering(), open: "team", reply: 14, act: type("Both seeds?") }),
  math: () => {
    const chat = base();
    chat.has(team(messages(MATHS)));
    return { chat, open: "team" };
  },
  formulas: () => {
    const chat = base();
    const rows = Array.from({ length: 60 }, (_, n): [string, string, number] => [
      n % 3 ? GRACE : LINUS,
      n % 2 ? `Step ${n} of the proof.` : `Step ${n}: $$\\sum_{i=1}^{${n}} \\frac{x_i}{\\sqrt{y_i}}$$`,
      600 - n * 9,
    ]);
    chat.has(team(messages(rows)));
    return { chat, open: "team" };
  },
  streaming: () => {
    const chat = base();
    const rows = messages(STREAMED);
    const text =
      "The loss of both seeds falls until step 500, then\n\n| seed | step | loss |\n|---|--:|--:|\n| 1 | 500 | 0.131 |\n| 2 | 480 |";
    const last = rows.at(-1)?.seq ?? 0;
    const grown = { t: "growing", conversation: "team", message: last, n: 9, text, whole: true } as const;
    chat.has(team(rows, { growing: new Map([[last, grown]]) }));
    return { chat, open: "team" };
  },
  lines: writing("One more line.\n".repeat(12)),
};
