/** For moderators: the rules of the conversation, what was reported, who is banned, and the log of what was moderated. */

import { useState } from "preact/hooks";
import { banned, closeReport, deleteMessage, describe, log, mute, reports, unban } from "../client/actions";
import type { Conversation } from "../client/state";
import type { AnyDurable, Reported } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { usePart } from "./chunks";
import { findMessage } from "./find";
import { Check, Part, Select, useAnswer } from "./form";
import { jump } from "./jump";
import { isAbove, may } from "./may";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { S } from "./strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";

interface Of {
  ui: Ui;
  conversation: Conversation;
}

const SLOW = [0, 5, 30, 60, 300, 900, 3_600] as const;
/** Muting the author of a reported message, s. */
const HOUR = 3_600;

function Rules({ ui, conversation }: Of) {
  const { id, settings } = conversation.summary;
  const { busy, error, run } = useAction(ui);
  const known = SLOW.map((one) => [one, P.slowTimes[one]] as const);
  const slow = SLOW.some((one) => one === settings.slow)
    ? known
    : [...known, [settings.slow, P.everySeconds(settings.slow)] as const];
  return (
    <Part title={P.rules}>
      <Select<number>
        label={P.slow}
        value={settings.slow}
        options={slow}
        disabled={busy}
        onValue={(seconds) => run(() => describe(ui.chat, id, { slow: seconds }))}
      />
      <Check
        label={P.announcements}
        hint={P.announcementsHint}
        checked={settings.announcements}
        disabled={busy}
        onValue={(announcements) => run(() => describe(ui.chat, id, { announcements }))}
      />
      <Problem text={error} />
    </Part>
  );
}

function Report({ ui, conversation, report, again }: Of & { report: Reported; again: () => void }) {
  const { busy, error, run } = useAction(ui);
  const { summary, standings } = conversation;
  // Where the client has the message, its own version is the newer one.
  const { author, seq, text, deleted } = findMessage(conversation, report.message.seq) ?? report.message;
  const name = ui.chat.name(author);
  const below = isAbove(summary.role, standings.get(author)?.role ?? "member");
  const then = (work: () => Promise<void>) => () =>
    run(async () => {
      await work();
      again();
    });
  const act = (label: string, work: () => void) => (
    <button type="button" class="nbc-button nbc-plain nbc-small" disabled={busy} onClick={work}>
      {label}
    </button>
  );
  return (
    <li class="nbc-form nbc-boxed">
      <p class="nbc-quiet">{P.reportBy(ui.chat.name(report.by), fullTime(report.at, ui.now.value))}</p>
      {report.reason ? (
        <p>
          <bdi>{P.because(report.reason)}</bdi>
        </p>
      ) : null}
      <p class="nbc-quiet">{P.wrote(name)}</p>
      <p class="nbc-cited" dir="auto">
        {deleted === null ? text : S.deleted}
      </p>
      <div class="nbc-row-of-buttons">
        {act(P.show, () => {
          ui.panel.value = null;
          jump(ui, summary.id, seq);
        })}
        {deleted === null
          ? act(
              P.deleteIt,
              then(() => deleteMessage(ui.chat, summary.id, seq)),
            )
          : null}
        {below
          ? act(
              P.muteAuthor(name),
              then(() => mute(ui.chat, summary.id, author, HOUR)),
            )
          : null}
        {act(
          P.close,
          then(() => closeReport(ui.chat, summary.id, report.id)),
        )}
      </div>
      <Problem text={error} />
    </li>
  );
}

function Reports({ ui, conversation }: Of) {
  const { id } = conversation.summary;
  const count = String(ui.chat.own.value.get(`reports:${id}`)?.value ?? "");
  const { found, error, again } = useAnswer(ui, () => reports(ui.chat, id), count);
  return (
    <Part title={P.reports}>
      <Problem text={error} />
      {found && !found.length ? <p class="nbc-quiet">{P.noReports}</p> : null}
      <ul class="nbc-form">
        {found?.map((report) => (
          <Report key={report.id} ui={ui} conversation={conversation} report={report} again={again} />
        ))}
      </ul>
    </Part>
  );
}

function Banned({ ui, conversation }: Of) {
  const { id } = conversation.summary;
  const { found, error: listError, again } = useAnswer(ui, () => banned(ui.chat, id));
  const { busy, error, run } = useAction(ui);
  const letIn = (user: string) => () =>
    run(async () => {
      await unban(ui.chat, id, user);
      again();
    });
  return (
    <Part title={P.banned}>
      <Problem text={error || listError} />
      {found && !found.length ? <p class="nbc-quiet">{P.nobodyBanned}</p> : null}
      <ul class="nbc-people">
        {found?.map((person) => (
          <li key={person.id} class="nbc-person">
            <Avatar id={person.id} name={person.name} color={person.color} />
            <span class="nbc-cut">
              <bdi>{person.name}</bdi>
            </span>
            <button
              type="button"
              class="nbc-button nbc-plain nbc-small"
              aria-label={`${P.unban}: ${person.name}`}
              disabled={busy}
              onClick={letIn(person.id)}
            >
              {P.unban}
            </button>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Log({ ui, conversation }: Of) {
  const { id } = conversation.summary;
  const [older, setOlder] = useState<{ events: AnyDurable[]; more: boolean }>({ events: [], more: true });
  const { found, error: firstError } = useAnswer(ui, () => log(ui.chat, id));
  const { busy, error, run } = useAction(ui);
  const words = usePart(ui.chunks, "notices", true);
  const events = [...(found?.events ?? []), ...older.events];
  const more = older.events.length ? older.more : found?.more;
  const page = async () => {
    const next = await log(ui.chat, id, events.at(-1)?.seq ?? null);
    setOlder({ events: [...older.events, ...next.events], more: next.more });
  };
  return (
    <Part title={P.log}>
      <Problem text={error || firstError} />
      {found && !events.length ? <p class="nbc-quiet">{P.emptyLog}</p> : null}
      <ol class="nbc-log-lines">
        {events.map((event) => (
          <li key={event.seq}>
            {words && words !== "failed"
              ? words.logged(ui, event).map((line) => <bdi key={line}>{line}</bdi>)
              : S.loading}
            <time class="nbc-quiet nbc-hint">{fullTime(event.at, ui.now.value)}</time>
          </li>
        ))}
      </ol>
      {more ? (
        <button type="button" class="nbc-link nbc-more" disabled={busy} onClick={() => run(page)}>
          {S.more}
        </button>
      ) : null}
    </Part>
  );
}

export function Moderate({ ui, conversation }: Of) {
  return (
    <>
      {may("set_rules", conversation.summary, ui.now.value) ? <Rules ui={ui} conversation={conversation} /> : null}
      <Reports ui={ui} conversation={conversation} />
      <Banned ui={ui} conversation={conversation} />
      {/* Other rules are another line in it. */}
      <Log key={JSON.stringify(conversation.summary.settings)} ui={ui} conversation={conversation} />
    </>
  );
}
