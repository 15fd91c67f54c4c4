/** All that there is to know and to change about a conversation, in four tabs: about it, its members, inviting, moderating. */

import { useState } from "preact/hooks";
import { type Description, describe } from "../client/actions";
import type { Conversation } from "../client/state";
import type { Prefs, Summary } from "../protocol/messages.gen";
import { TITLE_CHARS, TOPIC_CHARS } from "../protocol/tables.gen";
import { Avatar } from "./avatar";
import { EmojiField } from "./emoji-field";
import { Asks, Part, Select, TextField } from "./form";
import { Invite } from "./invite";
import { may } from "./may";
import { Members } from "./members";
import { Moderate } from "./moderate";
import { Problem, useAction } from "./panel";
import { P } from "./people-strings";
import { prefsOf } from "./prefs";
import { mutedWords } from "./row-menu";
import { T } from "./sheet-strings";
import { S } from "./strings";
import { dayLabel } from "./time";
import type { Ui } from "./ui";
import { walk } from "./walk";
import { type MuteTime, muteUntil, setPrefs } from "./wishes";
import { titleOf } from "./words";

export type Tab = keyof typeof P.tabs;

export interface Of {
  ui: Ui;
  conversation: Conversation;
}

/** Pictures that fit many conversations; any other can be typed or picked. */
const PICTURES = ["🧪", "📊", "📚", "🎓", "🛠️", "🚀"];

/** Title, topic and picture, as far as one may change them. */
function Describing({ ui, summary }: { ui: Ui; summary: Summary }) {
  const { settings } = summary;
  const [title, setTitle] = useState(summary.title);
  const [topic, setTopic] = useState(settings.topic);
  const [picture, setPicture] = useState(settings.picture);
  const [saved, setSaved] = useState(false);
  const { busy, error, run } = useAction(ui);
  const all = may("describe", summary, ui.now.value);
  const change: Description = {};
  if (title.trim() !== summary.title) change.title = title.trim();
  if (topic.trim() !== settings.topic) change.topic = topic.trim();
  if (picture !== settings.picture) change.picture = picture;
  const save = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await describe(ui.chat, summary.id, change);
      setSaved(true);
    });
  };
  const differs = Object.keys(change).length > 0;
  return (
    <form class="nbc-form" onSubmit={save} onInput={() => setSaved(false)}>
      {all ? <TextField label={P.title} value={title} max={TITLE_CHARS} onValue={setTitle} /> : null}
      <TextField label={P.topic} value={topic} max={TOPIC_CHARS} hint={P.topicHint} onValue={setTopic} />
      {all ? (
        <EmojiField
          ui={ui}
          label={P.picture}
          value={picture}
          some={PICTURES}
          hint={P.pictureHint}
          onValue={setPicture}
        />
      ) : null}
      <Problem text={error} />
      <p class="nbc-quiet" role="status">
        {saved && !differs ? P.saved : ""}
      </p>
      <button type="submit" class="nbc-button" disabled={busy || !differs || !title.trim()}>
        {T.save}
      </button>
    </form>
  );
}

/** What one wants of it; nobody else is told. */
function Wishes({ ui, id }: { ui: Ui; id: string }) {
  const { level } = prefsOf(ui.chat, id);
  const muted = mutedWords(ui, id);
  const times = (Object.keys(P.muteTimes) as MuteTime[]).map((time) => [time, P.muteTimes[time]] as const);
  return (
    <Part title={P.yours}>
      <Select<Prefs["level"]>
        label={P.notify}
        value={level}
        options={(["all", "mentions", "none"] as const).map((one) => [one, P.levels[one]] as const)}
        onValue={(one) => setPrefs(ui.chat, id, { level: one })}
      />
      <Select<MuteTime | "no" | "now">
        label={P.muteFor}
        value={muted ? "now" : "no"}
        options={[...(muted ? [["now", muted] as const] : []), ["no", P.notMuted] as const, ...times]}
        onValue={(time) => {
          if (time === "now") return;
          const until = time === "no" ? null : muteUntil(time, Date.now() + ui.chat.offset.peek());
          setPrefs(ui.chat, id, { mute_until: until });
        }}
      />
    </Part>
  );
}

/** Archiving asks once more; taking it out again does not. */
function Archive({ ui, summary }: { ui: Ui; summary: Summary }) {
  const { busy, error, run } = useAction(ui);
  const { archived } = summary.settings;
  const set = (on: boolean) => () => run(() => describe(ui.chat, summary.id, { archived: on }));
  const question = (cancel: () => void) => (
    <div class="nbc-form">
      <p>{P.archiveQuestion(titleOf(ui.chat, summary))}</p>
      <div class="nbc-row-of-buttons">
        <button type="button" class="nbc-button nbc-danger" disabled={busy} onClick={set(true)}>
          {P.archiveIt}
        </button>
        <button type="button" class="nbc-button nbc-plain" onClick={cancel}>
          {T.cancel}
        </button>
      </div>
    </div>
  );
  return (
    <>
      {archived ? (
        <button type="button" class="nbc-button nbc-plain" disabled={busy} onClick={set(false)}>
          {P.unarchive}
        </button>
      ) : (
        <Asks label={P.archive}>{question}</Asks>
      )}
      <Problem text={error} />
    </>
  );
}

function About({ ui, conversation }: Of) {
  const { summary } = conversation;
  const { id, kind, settings, handle } = summary;
  const now = ui.now.value;
  const title = titleOf(ui.chat, summary);
  const icon = kind === "channel" ? "channel" : "people";
  return (
    <>
      <div class="nbc-card">
        <Avatar id={id} name={title} icon={icon} picture={settings.picture} />
        <p class="nbc-card-name">
          <bdi>{title}</bdi>
        </p>
        {settings.topic ? <p dir="auto">{settings.topic}</p> : null}
        <p class="nbc-quiet">{P.kinds[kind]}</p>
        <p class="nbc-quiet">{P.since(dayLabel(summary.created_at, now))}</p>
        {handle ? (
          <p class="nbc-quiet">
            {P.fromPython} <code dir="ltr">ChatSession("{handle}")</code>
          </p>
        ) : null}
      </div>
      {settings.archived ? <p class="nbc-boxed">{P.archivedHint}</p> : null}
      {may("topic", summary, now) ? <Describing key={id} ui={ui} summary={summary} /> : null}
      {summary.joined ? <Wishes ui={ui} id={id} /> : null}
      {may("archive", summary, now) ? <Archive ui={ui} summary={summary} /> : null}
      {may("leave", summary, now) ? (
        <button type="button" class="nbc-button nbc-plain nbc-bad" onClick={() => ui.show("leave", id)}>
          {T.leaveIt}
        </button>
      ) : null}
    </>
  );
}

const PARTS = { details: About, members: Members, invite: Invite, moderate: Moderate };

/** The tabs that this person has. */
function tabsOf(ui: Ui, summary: Summary): Tab[] {
  const now = ui.now.value;
  const tabs: Tab[] = ["details", "members"];
  if (may("invite", summary, now)) tabs.push("invite");
  if (may("moderate", summary, now)) tabs.push("moderate");
  return tabs;
}

/** How many reports nobody has closed, where this person is told. */
const reported = (ui: Ui, id: string): number => Number(ui.chat.own.value.get(`reports:${id}`)?.value ?? 0);

export function Details({ ui, conversation, tab }: Of & { tab: Tab }) {
  const { summary } = conversation;
  const tabs = tabsOf(ui, summary);
  const shown = tabs.includes(tab) ? tab : "details";
  const Shown = PARTS[shown];
  const open = reported(ui, summary.id);
  const onKey = (event: KeyboardEvent) => {
    const list = event.currentTarget as HTMLElement;
    const next = getComputedStyle(list).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const key = event.key === next ? "ArrowDown" : event.key.replace(/Arrow(Left|Right)/, "ArrowUp");
    if (walk(event, list, "[role=tab]", key)) (document.activeElement as HTMLElement).click();
  };
  return (
    <>
      <div class="nbc-tabs" role="tablist" aria-label={S.details(titleOf(ui.chat, summary))} onKeyDown={onKey}>
        {tabs.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={one === shown}
            tabIndex={one === shown ? 0 : -1}
            onClick={() => (ui.panel.value = one)}
          >
            {P.tabs[one]}
            {one === "moderate" && open ? (
              <>
                <span class="nbc-hidden">, {P.openReports(open)}</span>
                <span class="nbc-badge nbc-at" aria-hidden="true">
                  {open}
                </span>
              </>
            ) : null}
          </button>
        ))}
      </div>
      <div class="nbc-form" role="tabpanel" aria-label={P.tabs[shown]}>
        <Shown key={summary.id} ui={ui} conversation={conversation} />
      </div>
    </>
  );
}
