/** The pane beside the conversation (over it where there is no room): a thread, or a list of messages. And what lies over everything. */

import { useEffect, useRef } from "preact/hooks";
import { follow } from "../client/actions";
import type { Conversation } from "../client/state";
import { closedWords } from "./closed";
import { Composer } from "./composer";
import { findMessage } from "./find";
import { Icon } from "./icons";
import { Announce } from "./spoken";
import { S } from "./strings";
import { Glyph } from "./talk-icons";
import { Mentions, Pins, Saved, Threads } from "./talk-lists";
import { Over, Told } from "./talk-over";
import type { Side } from "./talk-state";
import { K } from "./talk-strings";
import { Timeline } from "./timeline";
import type { Ui } from "./ui";
import { errorText, titleOf } from "./words";

/** Whether the person is told of replies: as the own row says, else whoever began it or took part. */
function follows(ui: Ui, conversation: Conversation, root: number): boolean {
  const row = ui.chat.own.value.get(`thread:${conversation.summary.id}/${root}`)?.value;
  if (typeof row === "number") return row >= 0;
  const me = ui.chat.me.value?.id ?? "";
  const message = findMessage(conversation, root);
  return message?.author === me || (message?.replies?.users.includes(me) ?? false);
}

function FollowButton({ ui, conversation, root }: { ui: Ui; conversation: Conversation; root: number }) {
  const isOn = follows(ui, conversation, root);
  const name = isOn ? K.unfollow : K.follow;
  const press = () =>
    follow(ui.chat, conversation.summary.id, root, !isOn).catch((error: unknown) => {
      ui.note.value = errorText(error, S.broken);
    });
  return (
    <button
      type="button"
      class="nbc-tool nbc-follow"
      aria-label={K.follow}
      aria-pressed={isOn}
      title={name}
      onClick={press}
    >
      <Glyph name="bell" />
    </button>
  );
}

/** Loads the thread for as long as it is shown. */
function useThread(ui: Ui, id: string, root: number): void {
  useEffect(() => {
    const shown = new AbortController();
    ui.chat.thread(id, root, shown.signal);
    ui.until.addEventListener("abort", () => shown.abort(), { signal: shown.signal });
    return () => {
      shown.abort();
      ui.chat.typing(id, false, root);
    };
  }, [id, root]);
}

function Thread({ ui, conversation, root }: { ui: Ui; conversation: Conversation; root: number }) {
  const { summary } = conversation;
  useThread(ui, summary.id, root);
  const isFrozen = ui.chat.connection.value.state === "frozen";
  const here = findMessage(conversation, root);
  useEffect(() => {
    if (here === undefined) ui.chat.want(summary.id, [root]);
  }, [here]);
  const closed = closedWords(summary, ui.now.value, true);
  return (
    <>
      <Announce ui={ui} conversation={conversation} thread={root} />
      <div class="nbc-stage">
        {here || conversation.threads.get(root)?.length ? (
          <Timeline
            ui={ui}
            id={summary.id}
            conversation={conversation}
            pending={ui.chat.pending(summary.id).value}
            thread={root}
          />
        ) : (
          <p class="nbc-empty nbc-quiet">{here === null ? S.gone : S.loading}</p>
        )}
      </div>
      {closed ? (
        <p class="nbc-bar">{closed}</p>
      ) : summary.joined && !isFrozen ? (
        <Composer ui={ui} id={summary.id} conversation={conversation} thread={root} />
      ) : null}
    </>
  );
}

const TITLES = {
  thread: () => K.threadTitle,
  pins: () => K.pins,
  threads: () => K.threads,
  saved: () => K.saved,
  mentions: () => K.mentions,
};

function Body({ ui, side, conversation }: { ui: Ui; side: Side; conversation: Conversation | undefined }) {
  switch (side.kind) {
    case "thread":
      return conversation ? <Thread key={side.root} ui={ui} conversation={conversation} root={side.root} /> : null;
    case "pins":
      return conversation ? <Pins ui={ui} conversation={conversation} /> : null;
    case "threads":
      return <Threads ui={ui} conversation={conversation} />;
    case "saved":
      return <Saved ui={ui} />;
    case "mentions":
      return <Mentions ui={ui} />;
  }
}

function Pane({ ui, side }: { ui: Ui; side: Side }) {
  const root = useRef<HTMLElement>(null);
  const id = "id" in side ? side.id : ui.selected.value;
  const conversation = id ? ui.chat.conversation(id).value : undefined;
  const close = () => (ui.talk.side.value = null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    // Whoever was led to a message in it is there already.
    if (!root.current?.contains(before))
      (root.current?.querySelector<HTMLElement>("textarea") ?? root.current)?.focus();
    return () => {
      const { activeElement: now } = document;
      if ((!now || now === document.body) && before?.isConnected) before.focus({ preventScroll: true });
    };
  }, [side]);
  const title = TITLES[side.kind]();
  const about = "id" in side && conversation ? K.inConversation(titleOf(ui.chat, conversation.summary)) : "";
  return (
    <aside
      ref={root}
      class="nbc-side"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || (event.target as Element).matches("textarea")) return;
        close();
      }}
    >
      <div class="nbc-header">
        <div class="nbc-titles">
          <h2 class="nbc-title">{title}</h2>
          {about ? (
            <p class="nbc-sub">
              <bdi>{about}</bdi>
            </p>
          ) : null}
        </div>
        {side.kind === "thread" && conversation?.summary.joined ? (
          <FollowButton ui={ui} conversation={conversation} root={side.root} />
        ) : null}
        <button type="button" class="nbc-tool" aria-label={K.close} title={K.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Body ui={ui} side={side} conversation={conversation} />
    </aside>
  );
}

export function Beside({ ui }: { ui: Ui }) {
  const side = ui.talk.side.value;
  const stays = side && (!("id" in side) || side.id === ui.selected.value);
  return (
    <>
      {side && stays ? <Pane ui={ui} side={side} /> : null}
      <Over ui={ui} />
      <Told ui={ui} />
    </>
  );
}
