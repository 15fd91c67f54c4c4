/** The header's menu: a button; what it opens (menu-items.tsx) comes with the sheets. Escape and a click elsewhere close it. */

import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./icons";
import { S } from "./strings";
import type { Ui } from "./ui";

export function Menu({ ui }: { ui: Ui }) {
  const root = useRef<HTMLButtonElement>(null);
  const open = ui.panel.value === "menu";

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      const target = event.target as Element;
      if (!root.current?.contains(target) && !target.closest(".nbc-items")) ui.panel.value = null;
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  return (
    <button
      ref={root}
      type="button"
      class="nbc-tool nbc-menu"
      aria-label={S.menu}
      title={S.menu}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => {
        ui.panel.value = open ? null : "menu";
      }}
    >
      <Icon name="menu" />
    </button>
  );
}
