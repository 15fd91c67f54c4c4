/**
 * One message of the timeline. Renders only when something of it changed: all props are plain values or what the client replaces when it
 * changes, compared one by one, so that a new message or a receipt costs one row and not the list.
 */

import type { Pending } from "../client/chat";
import type { Message as Wire } from "../protocol/messages.gen";
import { Face } from "./avatar";
import { mentionsMe } from "./body";
import { Bubble, isDeleted } from "./bubble";
import { Icon } from "./icons";
import type { TickKind } from "./receipts";
import { S } from "./strings";
import type { Spot } from "./talk-state";
import { Ticks } from "./ticks";
import { clock, fullTime } from "./time";
import { Dots } from "./typing";
import type { Ui } from "./ui";
import { Marks, Reactions, ThreadLine } from "./under";
import { errorText, titleOf } from "./words";

export interface MessageProps {
  ui: Ui;
  conversation: string;
  /** The timeline that it stands in. */
  thread: number | null;
  rowKey: string;
  /** What the hub has of it, or else what waits to be sent. */
  message: Wire | null;
  pending: Pending | null;
  author: string;
  at: number;
  text: string;
  growing: boolean;
  via: Wire["via"];
  own: boolean;
  first: boolean;
  /** Has the timeline's one Tab stop. */
  active: boolean;
  tick: TickKind | "";
  n: number;
  of: number;
  /** The message that it answers, and the root of the thread that it comes from. */
  quoted: Wire | null | undefined;
  root: Wire | null | undefined;
  editing: boolean;
  /** Unread replies of its thread. */
  unread: number;
}

/** Why it was not stored, without the ids that the hub speaks of; and what to do, unless it goes again by itself. */
function Refused({ ui, conversation, pending }: { ui: Ui; conversation: string; pending: Pending }) {
  const summary = ui.chat.conversation(conversation).value?.summary;
  const error = errorText({ code: pending.code, text: pending.error }, S.failed);
  const said = summary ? error.replaceAll(`“${conversation}”`, `“${titleOf(ui.chat, summary)}”`) : error;
  // What the hub advises after the first sentence is for what nobody repeats.
  if (pending.status !== "failed") return <p class="nbc-failure">{said.replace(/\.( .*)?$/, `. ${S.again}`)}</p>;
  const retry = () => ui.chat.retry(pending.key);
  const join = () => ui.chat.join(conversation).then(retry, () => null);
  const [label, press] = summary && !summary.joined ? [S.join, join] : [S.retry, retry];
  return (
    <p class="nbc-failure">
      <span>{said}</span>
      <button type="button" class="nbc-link" onClick={press}>
        {label}
      </button>
      <button type="button" class="nbc-link" onClick={() => ui.chat.discard(pending.key)}>
        {S.remove}
      </button>
    </p>
  );
}

/** For good, or for as long as something is wrong at the hub. What slow mode holds back says so at its clock. */
export const isRefused = ({ status, code }: Pending): boolean =>
  status === "failed" || (!!code && code !== "slow_mode");

type HeadProps = { name: string } & Pick<MessageProps, "ui" | "author" | "at" | "via" | "own">;

function Head({ ui, name, author, at, via, own }: HeadProps) {
  const emoji = ui.chat.person(author)?.emoji;
  return (
    <div class="nbc-head" aria-hidden="true">
      {own ? null : (
        <bdi class="nbc-name" title={name} data-user={author}>
          {name}
          {emoji ? ` ${emoji}` : ""}
        </bdi>
      )}
      <time>{clock(at)}</time>
      {via === "page" ? null : (
        <span class="nbc-via">
          {via === "session" ? <Icon name="code" /> : null}
          {via === "session" ? S.viaNotebook : S.viaBot}
        </span>
      )}
    </div>
  );
}

function classOf({ ui, own, first, editing, message }: MessageProps): string {
  const isToMe = !own && message !== null && mentionsMe(message.mentions, ui.chat.me.value?.id ?? "");
  const kinds = [own && "nbc-own", first && "nbc-first", editing && "nbc-editing", isToMe && "nbc-to-me"];
  return ["nbc-row", ...kinds].filter(Boolean).join(" ");
}

/** When it was written, and by what if not by hand. */
const fromWhere = (via: Wire["via"], when: string): string =>
  via === "page" ? when : `${when}, ${via === "session" ? S.viaNotebook : S.viaBot}`;

/** It is still being written. */
function Growing({ name }: { name: string }) {
  const label = S.typing([name], 1);
  return (
    <span class="nbc-growing" role="img" aria-label={label} title={label}>
      <Dots />
    </span>
  );
}

/** The bubble with what stands beside it: ticks, marks, the time. */
function Line({ when, spot, ...props }: MessageProps & { when: string; spot: Spot | null }) {
  const { ui, conversation, message, at, first, active, tick } = props;
  return (
    <div class="nbc-line">
      <Bubble {...props} />
      {props.growing ? <Growing name={ui.chat.name(props.author)} /> : null}
      {tick && !isDeleted(props) ? (
        <Ticks ui={ui} conversation={conversation} seq={message?.seq ?? 0} kind={tick} n={props.n} of={props.of} />
      ) : null}
      {message && spot ? <Marks ui={ui} spot={spot} message={message} active={active} /> : null}
      {first ? null : (
        <time class="nbc-aside" title={when} aria-hidden="true">
          {clock(at)}
        </time>
      )}
    </div>
  );
}

export function Message(props: MessageProps) {
  const { ui, conversation: id, thread, message, pending, author, at, own, first, via, active } = props;
  const name = ui.chat.name(author);
  const when = fullTime(at, ui.now.value);
  const spot = message && { id, seq: message.seq, thread };
  const under = message && spot && { ui, spot, message, active };
  return (
    <article
      class={classOf(props)}
      aria-label={S.by(own ? S.you : name, fromWhere(via, when))}
      aria-keyshortcuts="Enter M R E T + C Delete"
      tabIndex={active ? 0 : -1}
      data-key={props.rowKey}
      data-seq={message?.seq}
    >
      {first && !own ? (
        <span class="nbc-face" data-user={author}>
          <Face chat={ui.chat} user={author} />
        </span>
      ) : null}
      {first ? <Head ui={ui} name={name} author={author} at={at} via={via} own={own} /> : null}
      <Line {...props} when={when} spot={spot} />
      {under && message.reactions.length ? <Reactions {...under} /> : null}
      {under && thread === null ? <ThreadLine {...under} unread={props.unread} /> : null}
      {pending && isRefused(pending) ? <Refused ui={ui} conversation={id} pending={pending} /> : null}
    </article>
  );
}
