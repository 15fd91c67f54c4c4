/** What clicks in a timeline mean: buttons that copy code, people who are named, links to other messages, the menu. */

import { copyText } from "./copy";
import { jump } from "./jump";
import { S } from "./strings";
import { K } from "./talk-strings";
import type { Ui } from "./ui";

/** Links, selected words and text fields keep the browser's menu. */
export function hasOwnMenu(event: Event): boolean {
  const selection = getSelection();
  const within = selection && !selection.isCollapsed && selection.containsNode(event.target as Node, true);
  return within === true || (event.target as Element).closest("a, textarea, input") !== null;
}

/** Where a link of the page leads in this hub: `…/nbchat/#c/<conversation>/<seq>`. */
function messageOf(href: string, pageUrl: string | null): [id: string, seq: number] | null {
  const found =
    pageUrl && href.startsWith(`${pageUrl}#c/`) ? /^(.+)\/(\d+)$/.exec(href.slice(pageUrl.length + 3)) : null;
  return found ? [decodeURIComponent(found[1] ?? ""), Number(found[2])] : null;
}

/** The button that a block of code has (code.ts). Says whether it was one. */
function copyOnClick(event: Event): boolean {
  const button = (event.target as HTMLElement).closest<HTMLButtonElement>(".nbc-copy");
  if (!button) return false;
  const text = button.parentElement?.querySelector("code")?.textContent ?? "";
  void copyText(text).then((done) => {
    button.textContent = done ? K.copied : S.copy;
  });
  return true;
}

/** A person, or a link to a message of this hub, which opens here. */
export function onClick(event: MouseEvent, ui: Ui): void {
  if (copyOnClick(event)) return;
  const target = event.target as HTMLElement;
  const user = target.closest<HTMLElement>("[data-user]")?.dataset["user"];
  const link = target.closest("a");
  // The browser has followed the link already where this part came later than the click.
  const message = link && event.eventPhase !== 0 && messageOf(link.href, ui.chat.pageUrl.peek());
  if (user && !user.startsWith("@")) ui.show("person", user, event);
  if (!message || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  jump(ui, ...message);
}
