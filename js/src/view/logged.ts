/**
 * What moderators did, in words for their log; part of the lazy chunk `notices`. What is also a line between the messages has the words of
 * that (notices.tsx); here is what nobody else is told, or only the person whom it is about.
 */

import type { AnyDurable } from "../protocol/messages.gen";
import { N } from "./notice-strings";
import { wordsOf } from "./notices";
import { fullTime } from "./time";
import type { Ui } from "./ui";

/** A line for each thing that the event did: "Ada made Linus a moderator". */
export function logged(ui: Ui, event: AnyDurable): string[] {
  const name = (user: string) => ui.chat.name(user);
  const who = ui.chat.name(event.author, event.name);
  const lines = N.log;
  switch (event.t) {
    case "left":
      return wordsOf(ui, [event]);
    case "described":
      return event.changed.length ? wordsOf(ui, [event]) : [lines.described(who)];
    case "unbanned":
      return [lines.unbanned(who, name(event.user))];
    case "ranked":
      return [lines.ranked(who, name(event.user), N.roles[event.role])];
    case "muted":
      if (event.until === null) return [lines.unmuted(who, name(event.user))];
      return [lines.muted(who, name(event.user), fullTime(event.until, ui.now.value))];
    case "deleted":
      return [lines.deleted(who, name(event.writer))];
    default:
      return [`${who}: ${event.t}`];
  }
}
