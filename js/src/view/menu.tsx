/** The header's menu: a button; what it opens (menu-items.tsx) comes with the sheets. */

import { Icon } from "./icons";
import { S } from "./strings";
import type { Ui } from "./ui";

export function Menu({ ui }: { ui: Ui }) {
  const open = ui.panel.value === "menu";
  return (
    <button
      type="button"
      class="nbc-tool nbc-menu"
      aria-label={S.menu}
      title={S.menu}
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => (ui.panel.value = open ? null : "menu")}
    >
      <Icon name="menu" />
    </button>
  );
}
