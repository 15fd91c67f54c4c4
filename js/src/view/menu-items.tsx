/** What the header's menu offers: about this conversation, lists of messages, and about oneself. */

import { readAll } from "../client/actions";
import type { Conversation } from "../client/state";
import { Icon } from "./icons";
import { may } from "./may";
import { P } from "./people-strings";
import { Item, Line, Popup } from "./popup";
import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Side } from "./talk-state";
import type { Panel, Ui } from "./ui";
import { errorText } from "./words";

function OfConversation({ ui, conversation }: { ui: Ui; conversation: Conversation }) {
  const { summary } = conversation;
  const { id, peer } = summary;
  const open = (panel: Panel, about = id) => ui.show(panel, about);
  return (
    <>
      <Item label={P.about} act={() => (peer ? open("person", peer) : open("details"))} />
      {peer ? null : <Item label={S.showMembers} act={() => open("members")} />}
      {may("invite", summary, ui.now.value) ? <Item label={P.invitePeople} act={() => open("invite")} /> : null}
      {summary.joined ? <Item label={P.notifications} act={() => open("row")} /> : null}
      {may("leave", summary, ui.now.value) ? <Item label={T.leaveIt} act={() => open("leave")} /> : null}
      <Line />
    </>
  );
}

/** Lists of messages, which open beside the conversation. */
function OfMessages({ ui, id }: { ui: Ui; id: string | undefined }) {
  const beside = (side: Side) => () => {
    ui.panel.value = null;
    ui.talk.side.value = side;
  };
  return (
    <>
      <Item label={S.mentions} act={beside({ kind: "mentions" })} />
      <Item label={S.threads} act={beside({ kind: "threads" })} />
      {id ? <Item label={S.pins} act={beside({ kind: "pins", id })} /> : null}
      <Item label={P.savedMessages} act={beside({ kind: "saved" })} />
    </>
  );
}

function OfOneself({ ui, id }: { ui: Ui; id: string | undefined }) {
  const page = ui.chat.pageUrl.value;
  const open = (panel: Panel) => () => (ui.panel.value = panel);
  const readEverything = async () => {
    ui.panel.value = null;
    try {
      await readAll(ui.chat);
      ui.spoken.value = P.allRead;
    } catch (problem) {
      ui.note.value = errorText(problem, S.broken);
    }
  };
  return (
    <>
      <Item label={P.markAllRead} act={() => void readEverything()} />
      <Item label={P.browse} act={open("browse")} />
      <Line />
      {ui.chat.me.value ? <Item label={P.profile} act={open("profile")} /> : null}
      {page && !ui.page ? (
        <a
          role="menuitem"
          tabIndex={-1}
          href={id ? `${page}#c/${id}` : page}
          target="_blank"
          rel="noopener"
          onClick={() => (ui.panel.value = null)}
        >
          {T.asPage}
          <Icon name="page" />
        </a>
      ) : null}
      <Item label={T.whereIsTheData} act={open("data")} />
    </>
  );
}

/** What the dot says only to who points at it, for keys and fingers, where it is not as usual. Nothing to press. */
function OverHttp({ ui }: { ui: Ui }) {
  const { state, via } = ui.chat.connection.value;
  if (state !== "connected" || via !== "http") return null;
  return (
    <>
      <Line />
      <button type="button" role="menuitem" aria-disabled="true" class="nbc-fact" tabIndex={-1}>
        {S.overHttp}
      </button>
    </>
  );
}

export function MenuItems({ ui, conversation }: { ui: Ui; conversation: Conversation | undefined }) {
  const id = conversation?.summary.id;
  return (
    <Popup ui={ui} label={S.menu}>
      {conversation ? <OfConversation ui={ui} conversation={conversation} /> : null}
      <OfMessages ui={ui} id={id} />
      <OfOneself ui={ui} id={id} />
      <OverHttp ui={ui} />
    </Popup>
  );
}
