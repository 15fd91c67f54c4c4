/** The whole view: the list beside the conversation, or one of them; the question who one is; what lies over them. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../client/state";
import { Banner } from "./banner";
import { type Parts, usePart } from "./chunks";
import { closedWords } from "./closed";
import { Composer, JoinBar, useStopTyping } from "./composer";
import { Header } from "./header";
import { Empty, List } from "./list";
import { newestMessages } from "./rows";
import { Announce, Announcer } from "./spoken";
import { COMPOSER, HEADER, TIMELINE, useStill } from "./still";
import { S } from "./strings";
import { loadTalk } from "./talk-state";
import { Timeline } from "./timeline";
import type { Panel, Ui } from "./ui";
import { titleOf } from "./words";
import { useNotices } from "./woven";

/** Whether the hub says that this conversation is not there for this person. */
function useMissing(ui: Ui, id: string, isKnown: boolean): boolean {
  const [missing, setMissing] = useState(false);
  const unsure = !isKnown && ui.chat.connection.value.state === "connected";
  useEffect(() => {
    let current = true;
    setMissing(false);
    const found = (isThere: boolean) => current && setMissing(!isThere);
    // Where the hub cannot say, the next connection asks again.
    if (unsure) void ui.chat.exists(id).then(found, () => null);
    return () => {
      current = false;
    };
  }, [unsure]);
  return missing;
}

/**
 * Watches a conversation for as long as it is shown and there; the hub refuses one that is not, and forgets that watch. Who was removed from an open
 * channel may look at it as any stranger: it is watched anew.
 */
function useWatch(ui: Ui, id: string, isKnown: boolean, isMissing: boolean): void {
  const seen = useRef({ isKnown, losses: 0 }).current;
  if (seen.isKnown && !isKnown) seen.losses += 1;
  seen.isKnown = isKnown;
  useEffect(() => {
    if (isMissing) return;
    const shown = new AbortController();
    ui.chat.watch(id, shown.signal);
    // At once when the view ends; effects are cleaned up a little later.
    ui.until.addEventListener("abort", () => shown.abort(), { signal: shown.signal });
    return () => shown.abort();
  }, [isMissing, seen.losses]);
}

function WriteBar({ ui, id, conversation }: { ui: Ui; id: string; conversation: Conversation }) {
  if (ui.chat.connection.value.state === "frozen") return <p class="nbc-bar">{S.frozen}</p>;
  if (!conversation.summary.joined) return <JoinBar ui={ui} id={id} />;
  const closed = closedWords(conversation.summary, ui.now.value);
  if (closed) return <p class="nbc-bar">{closed}</p>;
  return <Composer ui={ui} id={id} conversation={conversation} />;
}

function Messages({ ui, id, conversation }: { ui: Ui; id: string; conversation: Conversation }) {
  const pending = ui.chat.pending(id).value;
  const root = useRef<HTMLDivElement>(null);
  const still = useStill(conversation, TIMELINE);
  if (!conversation.ranges.length && !conversation.watched && !pending.length) {
    return <p class="nbc-empty nbc-quiet">{S.loading}</p>;
  }
  if (newestMessages(conversation).length || pending.length) {
    return <Timeline ui={ui} id={id} conversation={still} pending={pending} />;
  }
  const { joined, members, kind, role } = conversation.summary;
  const alone = members < 2 && kind !== "direct" && role !== "guest";
  const write = () => root.current?.parentElement?.querySelector("textarea")?.focus();
  return (
    <div class="nbc-empty" ref={root}>
      {!joined ? (
        <Empty text={S.noPreview} />
      ) : alone ? (
        <Empty text={S.nobodyElse} action={S.inviteThem} onAct={() => ui.show("invite", id)} />
      ) : (
        <Empty text={S.emptyConversation} action={S.writeFirst} onAct={write} />
      )}
    </div>
  );
}

/** Lines over the view that say from where somebody has removed this person. */
function Removals({ ui }: { ui: Ui }) {
  const Lines = useNotices(ui, ui.chat.removals.value.size)?.Removals;
  return Lines ? <Lines ui={ui} /> : null;
}

function Opened({ ui, id, conversation }: { ui: Ui; id: string; conversation: Conversation | undefined }) {
  const isKnown = conversation !== undefined;
  const missing = useMissing(ui, id, isKnown);
  useWatch(ui, id, isKnown, missing);
  useStopTyping(ui, id);
  const named = useStill(conversation, HEADER);
  const writable = useStill(conversation, COMPOSER);
  return (
    <>
      <Announce ui={ui} conversation={conversation} />
      <Header ui={ui} conversation={named} />
      <div class="nbc-stage">
        <Banner ui={ui} />
        {conversation ? (
          <Messages ui={ui} id={id} conversation={conversation} />
        ) : missing ? (
          <Empty text={S.notThere} action={S.toList} onAct={() => ui.choose("")} />
        ) : (
          <p class="nbc-empty nbc-quiet">{ui.chat.connection.value.state === "frozen" ? S.frozen : S.loading}</p>
        )}
      </div>
      {writable ? <WriteBar ui={ui} id={id} conversation={writable} /> : null}
    </>
  );
}

function Nothing({ ui }: { ui: Ui }) {
  return (
    <>
      <Header ui={ui} conversation={undefined} />
      <div class="nbc-stage">
        <Banner ui={ui} />
        {/* Where there is none yet, the list has the button. */}
        <Empty
          text={S.pickOne}
          action={ui.chat.conversations.value.length ? S.startOne : ""}
          onAct={() => (ui.panel.value = "new")}
        />
      </div>
    </>
  );
}

/** The sheets, once somebody wants one. */
function useSheets(ui: Ui, wanted: boolean): Parts["sheets"] | null {
  const sheets = usePart(ui.chunks, "sheets", wanted, ui.failed.value);
  useEffect(() => {
    if (sheets === "failed") ui.failed.value = true;
  }, [sheets]);
  return sheets === "failed" ? null : sheets;
}

/** For what is small nothing is shown while it is on its way. */
const MENUS: ReadonlySet<Panel> = new Set(["menu", "row"]);

/** In place of a sheet that is on its way, or did not come. */
function Wait({ ui }: { ui: Ui }) {
  const again = () => (ui.failed.value = false);
  return (
    <div
      class="nbc-sheet"
      onKeyDown={(event) => {
        if (event.key === "Escape") ui.panel.value = null;
      }}
      role="dialog"
      aria-label={S.loading}
    >
      {ui.failed.value ? (
        <Empty text={S.broken} action={S.retry} onAct={again} />
      ) : (
        <p class="nbc-empty">{S.loading}</p>
      )}
    </div>
  );
}

interface FrameProps {
  ui: Ui;
  conversation: Conversation | undefined;
  sheets: Parts["sheets"] | null;
}

function Frame({ ui, conversation, sheets }: FrameProps) {
  const id = ui.selected.value;
  const side = ui.talk.side.value;
  const Talk = ui.talk.parts.value?.Beside;
  useEffect(() => {
    if (side) void loadTalk(ui);
  }, [side]);
  return (
    <div
      class="nbc-frame"
      data-pane={ui.atList.value || !id ? "list" : "chat"}
      data-side={Talk && side ? side.kind : undefined}
    >
      <List ui={ui} />
      <div class="nbc-chat">
        {id ? <Opened key={id} ui={ui} id={id} conversation={conversation} /> : <Nothing ui={ui} />}
      </div>
      {Talk ? <Talk ui={ui} /> : null}
      <Removals ui={ui} />
      {sheets ? <sheets.Panels ui={ui} conversation={conversation} /> : null}
      {!sheets && ui.panel.value && (ui.failed.value || !MENUS.has(ui.panel.value)) ? <Wait ui={ui} /> : null}
      <Announcer ui={ui} />
    </div>
  );
}

export function App({ ui }: { ui: Ui }) {
  const question = ui.chat.question.value;
  const id = ui.selected.value;
  const conversation = id ? ui.chat.conversation(id).value : undefined;
  // Whoever is signed out sees nothing any more of what they could read, like somebody who was removed: the laptop may be a lost one.
  // And who comes after them at this page gets nothing of theirs to go on with, also not what stands in a composer.
  const { state } = ui.chat.connection.value;
  const isOut = state === "signed_out" || state === "changing";
  useEffect(() => {
    if (state === "changing") leaveAll(ui);
  }, [state]);
  usePageTitle(ui, isOut ? S.app : conversation ? titleOf(ui.chat, conversation.summary) : "");
  const sheets = useSheets(ui, question !== null || state === "signed_out" || ui.panel.value !== null);
  if (question) return sheets ? <sheets.WhoAreYou ui={ui} question={question} /> : <Wait ui={ui} />;
  if (sheets && state === "signed_out") return <sheets.SignedOut ui={ui} />;
  return isOut ? <Banner ui={ui} /> : <Frame ui={ui} conversation={conversation} sheets={sheets} />;
}

/** What one had begun, an answer, a change, a pane, is not gone on with by somebody else, and what was said to one not to them. */
function leaveAll({ talk, panel, note, spoken }: Ui): void {
  talk.replying.value = new Map();
  for (const one of [talk.editing, talk.side, talk.over, talk.target, talk.told, panel]) one.value = null;
  note.value = spoken.value = "";
}

/** A page of its own is called like what it shows; a notebook's title is the notebook's. */
function usePageTitle(ui: Ui, title: string): void {
  useEffect(() => {
    if (ui.page && title) document.title = title;
  }, [title]);
}
