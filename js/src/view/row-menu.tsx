/** The menu of one conversation: star and order, what to be told of, muting, reading, leaving. Nobody else sees what is chosen here. */

import { useState } from "preact/hooks";
import type { Summary } from "../protocol/messages.gen";
import { may } from "./may";
import { P } from "./people-strings";
import { Item, Line, Popup } from "./popup";
import { isQuiet, prefsOf } from "./prefs";
import { T } from "./sheet-strings";
import { fullTime } from "./time";
import type { Ui } from "./ui";
import { canMove, type MuteTime, markRead, move, muteUntil, setPrefs, star } from "./wishes";
import { titleOf } from "./words";

/** "Muted until 14:05"; empty: not muted. */
export function mutedWords(ui: Ui, id: string): string {
  const { mute_until } = prefsOf(ui.chat, id);
  if (mute_until === 0) return P.mutedForEver;
  return mute_until !== null && mute_until > ui.now.value ? P.mutedUntil(fullTime(mute_until, ui.now.value)) : "";
}

function Muting({ ui, id, back }: { ui: Ui; id: string; back: () => void }) {
  const mute = (time: MuteTime | null) => {
    setPrefs(ui.chat, id, { mute_until: time ? muteUntil(time, Date.now() + ui.chat.offset.peek()) : null });
    ui.panel.value = null;
  };
  return (
    <>
      <Item label={`‹ ${P.back}`} act={back} />
      <Line />
      {(Object.keys(P.muteTimes) as MuteTime[]).map((time) => (
        <Item key={time} label={P.muteTimes[time]} act={() => mute(time)} />
      ))}
    </>
  );
}

function Items({ ui, row, mute }: { ui: Ui; row: Summary; mute: () => void }) {
  const { id } = row;
  const prefs = prefsOf(ui.chat, id);
  const then = (work: () => void) => () => {
    work();
    ui.panel.value = null;
  };
  const isMuted = isQuiet({ ...prefs, level: "all" }, ui.now.value);
  const about = () => {
    ui.choose(id);
    if (row.peer) ui.show("person", row.peer);
    else ui.show("details", id);
  };
  return (
    <>
      {row.unread || row.mentions || row.threads.length ? (
        <Item label={P.markRead} act={then(() => markRead(ui.chat, row))} />
      ) : null}
      <Item label={prefs.star ? P.unstar : P.star} act={then(() => star(ui.chat, id, !prefs.star))} />
      {canMove(ui.chat, id, -1) ? <Item label={P.moveUp} act={then(() => move(ui.chat, id, -1))} /> : null}
      {canMove(ui.chat, id, 1) ? <Item label={P.moveDown} act={then(() => move(ui.chat, id, 1))} /> : null}
      <Line />
      <fieldset aria-label={P.notify} class="nbc-group">
        <p class="nbc-quiet" aria-hidden="true">
          {P.notify}
        </p>
        {(["all", "mentions", "none"] as const).map((level) => (
          <Item
            key={level}
            label={P.levels[level]}
            checked={prefs.level === level}
            act={then(() => setPrefs(ui.chat, id, { level }))}
          />
        ))}
      </fieldset>
      {isMuted ? (
        <Item label={P.unmute} act={then(() => setPrefs(ui.chat, id, { mute_until: null }))} />
      ) : (
        <Item label={P.mute} act={mute} />
      )}
      <Line />
      <Item label={P.about} act={about} />
      {may("leave", row, ui.now.value) ? <Item label={T.leaveIt} danger act={() => ui.show("leave", id)} /> : null}
    </>
  );
}

export function RowMenu({ ui, id }: { ui: Ui; id: string }) {
  const [muting, setMuting] = useState(false);
  const row = ui.chat.conversations.value.find((one) => one.id === id) ?? ui.chat.conversation(id).value?.summary;
  if (!row) return null;
  const words = mutedWords(ui, id);
  const label = P.menuOf(titleOf(ui.chat, row));
  return (
    <Popup key={String(muting)} ui={ui} label={words ? `${label}. ${words}` : label}>
      {words ? (
        <p class="nbc-quiet nbc-group" aria-hidden="true">
          {words}
        </p>
      ) : null}
      {muting ? (
        <Muting ui={ui} id={id} back={() => setMuting(false)} />
      ) : (
        <Items ui={ui} row={row} mute={() => setMuting(true)} />
      )}
    </Popup>
  );
}
