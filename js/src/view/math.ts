/** Formulas of a message: their source stands there until the lazy chunk has set them, and stays where it cannot. */

import type { Chunks } from "./chunks";

/** Sets the formulas in what `toNodes` made. */
export async function setMath(body: ParentNode, chunks: Chunks): Promise<void> {
  const formulas = body.querySelectorAll<HTMLElement>(".nbc-math");
  const math = formulas.length ? await chunks.get("math") : null;
  for (const formula of formulas) {
    const made = math?.set(formula.textContent ?? "");
    if (!made) continue;
    formula.classList.add("nbc-set");
    formula.replaceChildren(made);
  }
}
