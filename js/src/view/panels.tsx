/** Which sheet or menu lies over the view, by `ui.panel`; and the one that says where the data is. */

import type { ComponentChildren } from "preact";
import { whereIsTheData } from "../client/answers";
import type { Conversation } from "../client/state";
import { Details } from "./details";
import { useAnswer } from "./form";
import { Leave, Redeem } from "./leave";
import { MenuItems } from "./menu-items";
import { Problem, Sheet } from "./panel";
import { NewConversation } from "./people";
import { P } from "./people-strings";
import { PersonCard } from "./person";
import { Profile } from "./profile";
import { RowMenu } from "./row-menu";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";
import { titleOf } from "./words";

function DataPlace({ ui }: { ui: Ui }) {
  const { found, error } = useAnswer(ui, () => whereIsTheData(ui.chat), "", T.dataForbidden);
  if (!found) return error ? <Problem text={error} /> : <p class="nbc-quiet">{S.loading}</p>;
  const part = (label: string, text: string) => (
    <>
      <dt>{label}</dt>
      <dd>
        <code dir="ltr">{text}</code>
      </dd>
    </>
  );
  return (
    <dl class="nbc-data">
      {part(T.dataWhere, found.where)}
      {part(T.dataBackup, found.backup)}
      {part(T.dataRemove, found.remove)}
    </dl>
  );
}

/** The row of the list that a panel is about, or what is open. */
function rowOf(ui: Ui, id: string, conversation: Conversation | undefined) {
  return ui.chat.conversations.value.find((row) => row.id === id) ?? conversation?.summary;
}

interface PanelsProps {
  ui: Ui;
  conversation: Conversation | undefined;
}

export function Panels({ ui, conversation }: PanelsProps) {
  const panel = ui.panel.value;
  const { id } = ui.about.value;
  const sheet = (key: string, title: string, children: ComponentChildren) => (
    <Sheet key={key} ui={ui} title={title}>
      {children}
    </Sheet>
  );
  switch (panel) {
    case "menu":
      return <MenuItems ui={ui} conversation={conversation} />;
    case "row":
      return <RowMenu key={id} ui={ui} id={id} />;
    case "new":
    case "browse":
      return sheet("new", S.startOne, <NewConversation ui={ui} channels={panel === "browse"} />);
    case "details":
    case "members":
    case "invite":
    case "moderate":
      if (!conversation) return null;
      return sheet(
        "details",
        titleOf(ui.chat, conversation.summary),
        <Details ui={ui} conversation={conversation} tab={panel} />,
      );
    case "person":
      return sheet(`person ${id}`, ui.chat.name(id), <PersonCard ui={ui} user={id} conversation={conversation} />);
    case "profile":
      return ui.chat.me.value && sheet(panel, P.yourProfile, <Profile ui={ui} me={ui.chat.me.value} />);
    case "data":
      return sheet(panel, T.whereIsTheData, <DataPlace ui={ui} />);
    case "leave": {
      const row = rowOf(ui, id, conversation);
      return row ? sheet(panel, T.leave, <Leave ui={ui} summary={row} />) : null;
    }
    case "redeem":
      return sheet(panel, P.invited, <Redeem ui={ui} code={id} />);
    default:
      return null;
  }
}
