/**
 * One message of the timeline. Renders only when something of it changed: all props are plain values, compared one by one, so that a
 * new message or a receipt costs one row and not the list.
 */

import { Component } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Message as Wire } from "../protocol/messages.gen";
import { Avatar } from "./avatar";
import { decorate, type LoadHighlighter, reachable } from "./code";
import { Icon } from "./icons";
import { toHtml } from "./markdown";
import type { TickKind } from "./receipts";
import { S } from "./strings";
import { Ticks } from "./ticks";
import { clock, fullTime } from "./time";
import type { Ui } from "./ui";
import { titleOf } from "./words";

export interface MessageProps {
  ui: Ui;
  conversation: string;
  rowKey: string;
  /** Client key of a message that is not acknowledged, else empty. */
  pendingKey: string;
  error: string;
  seq: number | null;
  author: string;
  at: number;
  text: string;
  via: Wire["via"];
  own: boolean;
  first: boolean;
  /** Has the timeline's one Tab stop. */
  active: boolean;
  tick: TickKind | "";
  n: number;
  of: number;
}

function Body({ text, load, active }: { text: string; load: LoadHighlighter; active: boolean }) {
  const ref = useRef<HTMLDivElement>(null);
  const html = toHtml(text);
  useLayoutEffect(() => {
    if (ref.current) decorate(ref.current, load);
  }, [html]);
  useLayoutEffect(() => {
    if (ref.current) reachable(ref.current, active);
  }, [html, active]);
  // toHtml is the one place that makes HTML, and it sanitises.
  return <div ref={ref} class="nbc-text" dir="auto" dangerouslySetInnerHTML={{ __html: html }} />;
}

type FailedProps = Pick<MessageProps, "ui" | "conversation" | "pendingKey" | "error">;

/** Why it was not sent, without the ids that the hub speaks of, and what to do. */
function Failed({ ui, conversation, pendingKey, error }: FailedProps) {
  const summary = ui.chat.conversation(conversation).value?.summary;
  const said = summary ? error.replaceAll(`'${conversation}'`, `“${titleOf(ui.chat, summary)}”`) : error;
  const retry = () => ui.chat.retry(pendingKey);
  const join = () => ui.chat.join(conversation).then(retry, () => null);
  const [label, act] = summary && !summary.joined ? [S.join, join] : [S.retry, retry];
  return (
    <p class="nbc-failure">
      <span>{said || S.failed}</span>
      <button type="button" class="nbc-link" onClick={act}>
        {label}
      </button>
      <button type="button" class="nbc-link" onClick={() => ui.chat.discard(pendingKey)}>
        {S.remove}
      </button>
    </p>
  );
}

function Head({ name, at, via, own }: { name: string; at: number; via: Wire["via"]; own: boolean }) {
  return (
    <div class="nbc-head" aria-hidden="true">
      {own ? null : (
        <bdi class="nbc-name" title={name}>
          {name}
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

export class Message extends Component<MessageProps> {
  /** A new state is a signal that was read here: somebody's name, the day. */
  override shouldComponentUpdate(next: MessageProps, state: unknown): boolean {
    if (state !== this.state) return true;
    return (Object.keys(next) as (keyof MessageProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override render(props: MessageProps) {
    const { ui, conversation, seq, author, at, own, first, via, tick } = props;
    const name = ui.chat.name(author);
    const when = fullTime(at, ui.now.value);
    const label = S.by(
      own ? S.you : name,
      via === "page" ? when : `${when}, ${via === "session" ? S.viaNotebook : S.viaBot}`,
    );
    return (
      <article
        class={`nbc-row${own ? " nbc-own" : ""}${first ? " nbc-first" : ""}`}
        aria-label={label}
        aria-keyshortcuts="C"
        tabIndex={props.active ? 0 : -1}
        data-key={props.rowKey}
        data-seq={seq}
      >
        {first && !own ? <Avatar id={author} name={name} /> : null}
        {first ? <Head name={name} at={at} via={via} own={own} /> : null}
        <div class="nbc-line">
          <div class="nbc-bubble">
            <Body text={props.text} load={() => ui.chunks.get("highlight")} active={props.active} />
          </div>
          {tick ? (
            <Ticks ui={ui} conversation={conversation} seq={seq ?? 0} kind={tick} n={props.n} of={props.of} />
          ) : null}
          {first ? null : (
            <time class="nbc-aside" title={when} aria-hidden="true">
              {clock(at)}
            </time>
          )}
        </div>
        {tick === "failed" ? <Failed {...props} /> : null}
      </article>
    );
  }
}
