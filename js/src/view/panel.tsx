/** A sheet over the conversation: a title, a way back, and one of the small forms of panels.tsx or people.tsx. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { withTitles } from "./hub-words";
import { Icon } from "./icons";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";
import { errorText } from "./words";

/** Without a connection the hub can be asked nothing; what was asked all the same would be done much later. */
export const isOffline = (ui: Ui): boolean => ui.chat.connection.value.state !== "connected";

/**
 * What a person does in a sheet may take away what has the focus (a row that is dealt with), or disable it for a moment (a button that works).
 * Keeps the focus where it was as soon as that can be, else on the sheet.
 */
function keepFocus(root: HTMLElement): () => void {
  let last: HTMLElement = root;
  const isThere = () => last.isConnected && !(last as HTMLButtonElement).disabled;
  const keep = () => {
    const active = document.activeElement;
    const lost = !active || active === document.body;
    if (lost || (active === root && last !== root)) (isThere() ? last : root).focus();
  };
  const note = ({ target }: FocusEvent) => {
    if (target !== root) last = target as HTMLElement;
  };
  root.addEventListener("focusin", note);
  const observer = new MutationObserver(keep);
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  return () => observer.disconnect();
}

export function Sheet({ ui, title, children }: { ui: Ui; title: string; children: ComponentChildren }) {
  const root = useRef<HTMLElement>(null);
  const close = () => (ui.panel.value = null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    (
      root.current?.querySelector<HTMLElement>("[role=tab][aria-selected=true], input, .nbc-button") ?? root.current
    )?.focus();
    const stop = root.current && keepFocus(root.current);
    return () => {
      stop?.();
      // Back to where the person was, if that is still there.
      if (before?.isConnected) before.focus();
    };
  }, []);
  return (
    <section
      ref={root}
      class="nbc-sheet"
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <div class="nbc-header">
        <h2 class="nbc-title">{title}</h2>
        <button type="button" class="nbc-tool" aria-label={T.close} title={T.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="nbc-sheet-body">
        <p class="nbc-quiet" role="status">
          {isOffline(ui) ? T.offline : ""}
        </p>
        {children}
      </div>
    </section>
  );
}

export interface Action {
  busy: boolean;
  error: string;
  /** The code of the error; empty: none. */
  code: string;
  run: (work: () => Promise<unknown>) => void;
}

/** Runs something that may fail; `error` is what to say then, `busy` while it runs or is `blocked` (without a connection). */
export function useAction(ui: Ui, blocked = isOffline(ui)): Action {
  const [busy, setBusy] = useState(false);
  const [{ error, code }, setProblem] = useState({ error: "", code: "" });
  const failed = (problem: unknown) =>
    setProblem({
      error: withTitles(ui.chat, errorText(problem, S.broken)),
      code: String((problem as { code?: unknown } | null)?.code ?? ""),
    });
  const run = (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem({ error: "", code: "" });
    work()
      .catch(failed)
      .finally(() => setBusy(false));
  };
  return { busy: busy || blocked, error, code, run };
}

export function Problem({ text }: { text: string }) {
  return (
    <p class="nbc-problem" role="alert">
      {text}
    </p>
  );
}
