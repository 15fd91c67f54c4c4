/** The header's menu: a button, and a list of actions that arrow keys walk through; Escape and a click elsewhere close it. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../client/state";
import { Icon } from "./icons";
import { S } from "./strings";
import type { Panel, Ui } from "./ui";

/** Arrow keys among the buttons and links of an element; true if the key was one of them. */
export function walk(event: KeyboardEvent, root: HTMLElement | null, selector: string): boolean {
  const items = [...(root?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const at = items.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[
    event.key
  ];
  if (to === undefined || items.length === 0) return false;
  event.preventDefault();
  items[(to + items.length) % items.length]?.focus();
  return true;
}

function Items({ ui, conversation, close }: { ui: Ui; conversation: Conversation | undefined; close: () => void }) {
  const page = ui.chat.pageUrl.value;
  const item = (label: string, panel: Panel) => (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      onClick={() => {
        close();
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
          onClick={close}
        >
          {S.asPage}
          <Icon name="page" />
        </a>
      ) : null}
      {conversation ? item(S.showMembers, "members") : null}
      {ui.chat.me.value ? item(S.changeName, "name") : null}
      {item(S.whereIsTheData, "data")}
      {mayLeave ? item(S.leaveIt, "leave") : null}
    </>
  );
}

export function Menu({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" || event.key === "Tab") close();
    else walk(event, root.current, "[role=menuitem]");
  };

  return (
    <div class="nbc-menu" ref={root}>
      <button
        ref={button}
        type="button"
        class="nbc-tool"
        aria-label={S.menu}
        title={S.menu}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="menu" />
      </button>
      {open ? (
        <div class="nbc-items" role="menu" tabIndex={-1} aria-label={S.menu} onKeyDown={onKey}>
          <Items ui={ui} conversation={conversation} close={close} />
        </div>
      ) : null}
    </div>
  );
}
