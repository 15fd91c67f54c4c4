/** The dialogs about a message: delete, forward, earlier versions, report. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { deleteMessage, report, versions } from "../client/actions";
import type { AnyDurable, Edited, Posted, Summary } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { Body } from "./body";
import { Quote } from "./quote";
import { S } from "./strings";
import { subjectOf } from "./talk-acts";
import { useFocusBack } from "./talk-over";
import type { Spot } from "./talk-state";
import { K } from "./talk-strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";
import { errorText, titleOf } from "./words";

const FOCUSABLE = "button, textarea, input";

/** Tab stays inside a dialog. */
function keepInside(event: KeyboardEvent, root: HTMLElement): void {
  const all = [...root.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.tabIndex >= 0);
  const [first, last] = [all[0], all.at(-1)];
  const { activeElement } = document;
  const turns = event.shiftKey ? activeElement === first || activeElement === root : activeElement === last;
  if (!turns) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

function Dialog({ ui, title, children }: { ui: Ui; title: string; children: ComponentChildren }) {
  const root = useRef<HTMLElement>(null);
  const close = () => (ui.talk.over.value = null);
  useFocusBack();
  useEffect(() => {
    const fields = root.current?.querySelector<HTMLElement>("[data-first], input, textarea");
    (fields ?? root.current)?.focus();
  }, []);
  return (
    <div class="nbc-veil" onPointerDown={(event) => event.target === event.currentTarget && close()}>
      <section
        ref={root}
        class="nbc-dialog"
        role="dialog"
        aria-modal="true"
        aria-label={title}
        tabIndex={-1}
        onKeyDown={(event) => {
          if (event.key === "Escape") close();
          else if (event.key === "Tab" && root.current) keepInside(event, root.current);
        }}
      >
        <h2 class="nbc-strong">{title}</h2>
        {children}
      </section>
    </div>
  );
}

/** Runs what the dialog is for; closes it when done, and says what went wrong where it is. */
function useDeed(ui: Ui): {
  busy: boolean;
  problem: string;
  run: (work: () => Promise<unknown>, said?: string) => void;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const run = (work: () => Promise<unknown>, said = "") => {
    setBusy(true);
    setProblem("");
    const done = () => {
      ui.talk.over.value = null;
      if (said) ui.spoken.value = said;
    };
    work().then(done, (error: unknown) => {
      setProblem(errorText(error, S.broken));
      setBusy(false);
    });
  };
  return { busy, problem, run };
}

function Foot({
  ui,
  label,
  busy,
  problem,
  danger,
  act,
}: {
  ui: Ui;
  label: string;
  busy: boolean;
  problem: string;
  danger?: boolean;
  act: () => void;
}) {
  return (
    <>
      {problem ? (
        <p class="nbc-bad-text" role="alert">
          {problem}
        </p>
      ) : null}
      <div class="nbc-dialog-foot">
        <button type="button" class="nbc-button nbc-plain" onClick={() => (ui.talk.over.value = null)}>
          {K.cancel}
        </button>
        <button
          type="button"
          class={danger ? "nbc-button nbc-danger" : "nbc-button"}
          data-first={danger}
          disabled={busy}
          onClick={act}
        >
          {label}
        </button>
      </div>
    </>
  );
}

/** The message that it is about, in one line. */
function About({ ui, spot }: { ui: Ui; spot: Spot }) {
  const subject = subjectOf(ui, spot);
  return <Quote ui={ui} of={subject?.message} active={false} act={() => undefined} />;
}

interface DialogProps {
  ui: Ui;
  spot: Spot;
}

export function Delete({ ui, spot }: DialogProps) {
  const { run, ...state } = useDeed(ui);
  const remove = async () => {
    await deleteMessage(ui.chat, spot.id, spot.seq);
    if (ui.talk.editing.peek()?.seq === spot.seq) ui.talk.editing.value = null;
  };
  return (
    <Dialog ui={ui} title={K.removeIt}>
      <p>{K.removeQuestion}</p>
      <About ui={ui} spot={spot} />
      <Foot ui={ui} label={K.removeIt} danger {...state} act={() => run(remove)} />
    </Dialog>
  );
}

export function Report({ ui, spot }: DialogProps) {
  const [reason, setReason] = useState("");
  const { run, ...state } = useDeed(ui);
  const send = () => run(() => report(ui.chat, spot.id, spot.seq, reason.trim()), K.reported);
  return (
    <Dialog ui={ui} title={K.reportTitle}>
      <About ui={ui} spot={spot} />
      <label class="nbc-label">
        {K.reason}
        <textarea
          class="nbc-field nbc-tall"
          dir="auto"
          maxLength={1000}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <Foot ui={ui} label={K.send} {...state} act={send} />
    </Dialog>
  );
}

function Choice({ ui, row, chosen, choose }: { ui: Ui; row: Summary; chosen: boolean; choose: () => void }) {
  const title = titleOf(ui.chat, row);
  return (
    <li>
      <button type="button" class="nbc-goal" aria-pressed={chosen} onClick={choose}>
        <Avatar
          id={row.peer ?? row.id}
          name={title}
          icon={
            row.kind === "direct" || row.settings.picture ? undefined : row.kind === "channel" ? "channel" : "people"
          }
          picture={row.settings.picture}
          color={row.peer ? ui.chat.person(row.peer)?.color : undefined}
        />
        <bdi class="nbc-cut">{title}</bdi>
        {chosen ? <span aria-hidden="true">✓</span> : null}
      </button>
    </li>
  );
}

export function Forwarding({ ui, spot }: DialogProps) {
  const [query, setQuery] = useState("");
  const [to, setTo] = useState<Summary | null>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  const { run, ...state } = useDeed(ui);
  const wanted = query.trim().toLowerCase();
  const rows = ui.chat.conversations.value.filter(
    (row) => !row.settings.archived && titleOf(ui.chat, row).toLowerCase().includes(wanted),
  );
  const send = async () => {
    if (to) ui.chat.send(to.id, comment.current?.value.trim() ?? "", { forward: [spot.id, spot.seq] });
  };
  return (
    <Dialog ui={ui} title={K.forwardTitle}>
      <About ui={ui} spot={spot} />
      <input
        class="nbc-field"
        aria-label={K.findConversation}
        placeholder={K.findConversation}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      {rows.length ? null : <p class="nbc-quiet">{K.noConversation}</p>}
      <ul class="nbc-picks" aria-label={K.forwardTo}>
        {rows.map((row) => (
          <Choice key={row.id} ui={ui} row={row} chosen={row.id === to?.id} choose={() => setTo(row)} />
        ))}
      </ul>
      <textarea ref={comment} class="nbc-field nbc-tall" dir="auto" aria-label={K.comment} placeholder={K.comment} />
      <Foot
        ui={ui}
        label={K.forwardTitle}
        {...state}
        busy={state.busy || !to}
        act={() => run(send, to ? K.forwardedTo(titleOf(ui.chat, to)) : "")}
      />
    </Dialog>
  );
}

/** The versions, newest first. A message that was written in pieces begins with its end: what it was until then is no version. */
function textsOf(events: AnyDurable[]): (Posted | Edited)[] {
  const found: (Posted | Edited)[] = [];
  for (const event of events) {
    if (event.t === "edited" && event.grown) found.pop();
    if (event.t === "posted" || event.t === "edited") found.push(event);
  }
  return found.reverse();
}

export function Versions({ ui, spot }: DialogProps) {
  const [events, setEvents] = useState<(Posted | Edited)[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    versions(ui.chat, spot.id, spot.seq).then(
      (all) => setEvents(textsOf(all)),
      (error: unknown) => setProblem(errorText(error, S.broken)),
    );
  }, []);
  const isDeleted = (subjectOf(ui, spot)?.message.deleted ?? null) !== null;
  useEffect(() => {
    if (isDeleted) ui.talk.over.value = null;
  }, [isDeleted]);
  if (isDeleted) return null;
  const label = (index: number, n: number) => (index === 0 ? K.now : index === n - 1 ? K.first : "");
  return (
    <Dialog ui={ui} title={K.versionsTitle}>
      <p role="status" class={problem ? "nbc-bad-text" : "nbc-quiet"}>
        {problem || (events === null ? S.loading : events.length ? "" : K.noVersions)}
      </p>
      <ol class="nbc-versions">
        {events?.map((event, index) => (
          <li key={event.seq}>
            <p class="nbc-quiet">
              <time>{fullTime(event.at, ui.now.value)}</time> · {label(index, events.length)}
            </p>
            <Body ui={ui} text={event.text} by={ui.chat.name(event.author)} mentions={event.mentions} active={true} />
          </li>
        ))}
      </ol>
      <div class="nbc-dialog-foot">
        <button type="button" class="nbc-button nbc-plain" data-first onClick={() => (ui.talk.over.value = null)}>
          {K.close}
        </button>
      </div>
    </Dialog>
  );
}
