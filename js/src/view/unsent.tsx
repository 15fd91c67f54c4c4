/**
 * What the person before this page has written and not sent, for when the hub does not know them any more: to read and to copy. Only what
 * this very page has shown before; who merely opens the browser of somebody else sees nothing of theirs. Part of the lazy chunk `sheets`.
 */

import { CopyButton } from "./copy-button";
import { T } from "./sheet-strings";
import type { Ui } from "./ui";
import { titleOf } from "./words";

interface Text {
  key: string;
  /** Of the conversation. */
  title: string;
  text: string;
}

const THREAD = /^draft:(.+)\/(\d+)$/;

/** The threads of a conversation in which one has begun to write. */
function threadsOf({ chat }: Ui, conversation: string): number[] {
  const places = [...chat.own.value.keys()].map((key) => THREAD.exec(key));
  return places.filter((place) => place?.[1] === conversation).map((place) => Number(place?.[2]));
}

/** Messages that wait or failed, and what stands in the composers of conversations and threads. */
export function unsentOf(ui: Ui): Text[] {
  const { chat } = ui;
  return chat.conversations.value.flatMap((row) => {
    const title = titleOf(chat, row);
    const waiting = chat.pending(row.id).value.map(({ key, text }) => ({ key, title, text }));
    const typed = [undefined, ...threadsOf(ui, row.id)].map((root) => ({
      key: `${row.id}/${root}`,
      title,
      text: chat.draft(row.id, root),
    }));
    return [...waiting, ...typed].filter(({ text }) => text.trim());
  });
}

export function Unsent({ ui }: { ui: Ui }) {
  const texts = unsentOf(ui);
  if (!texts.length) return null;
  return (
    <section class="nbc-unsent" aria-label={T.unsent}>
      <h3>{T.unsent}</h3>
      <p class="nbc-quiet">{T.unsentHint}</p>
      <ul>
        {texts.map(({ key, title, text }) => (
          <li key={key}>
            <bdi class="nbc-quiet">{title}</bdi>
            <p dir="auto">{text}</p>
            <CopyButton text={text} label={T.copyText} />
          </li>
        ))}
      </ul>
    </section>
  );
}
