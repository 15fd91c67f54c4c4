/** What the header's menu offers: a list of actions that arrow keys walk through. */

import { useEffect, useRef } from "preact/hooks";
import type { Conversation } from "../client/state";
import { Icon } from "./icons";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Panel, Ui } from "./ui";
import { walk } from "./walk";

function closeMenu(ui: Ui): void {
  ui.panel.value = null;
}

function Items({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const page = ui.chat.pageUrl.value;
  const item = (label: string, panel: Panel) => (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      onClick={() => {
        ui.panel.value = panel;
      }}
    >
      {label}
    </button>
  );
  const id = conversation?.summary.id;
  const mayLeave = conversation?.summary.joined && conversation.summary.kind !== "direct";
  return (
    <>
      {page && !ui.page ? (
        <a
          role="menuitem"
          tabIndex={-1}
          href={id ? `${page}#c/${id}` : page}
          target="_blank"
          rel="noopener"
          onClick={() => closeMenu(ui)}
        >
          {T.asPage}
          <Icon name="page" />
        </a>
      ) : null}
      {conversation ? item(S.showMembers, "members") : null}
      {ui.chat.me.value ? item(S.changeName, "name") : null}
      {item(T.whereIsTheData, "data")}
      {mayLeave ? item(T.leaveIt, "leave") : null}
    </>
  );
}

export function MenuItems({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    root.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    // Back to the button, unless the focus has gone on to where it was asked to.
    return () => {
      if (!document.activeElement || document.activeElement === document.body) before?.focus();
    };
  }, []);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" || event.key === "Tab") closeMenu(ui);
    else walk(event, root.current, "[role=menuitem]");
  };
  return (
    <div class="nbc-items" role="menu" tabIndex={-1} aria-label={S.menu} ref={root} onKeyDown={onKey}>
      <Items ui={ui} conversation={conversation} />
    </div>
  );
}
