/** What clicks in a timeline mean: people who are named, links to other messages, the menu. */

import { jump } from "./jump";
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

/** A person, or a link to a message of this hub, which opens here. */
export function onClick(event: MouseEvent, ui: Ui): void {
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
