/** What stands above the composer for a moment: the preview, the help, a question about what was typed or pasted. */

import type { ComponentChildren } from "preact";
import type { Conversation } from "../client/state";
import { Body } from "./body";
import { C } from "./compose-strings";
import { BUILT_IN, offered } from "./slash";
import { Tool } from "./tool";
import type { Ui } from "./ui";

interface OverProps {
  title: string;
  close: () => void;
  children: ComponentChildren;
}

/** Above the box, over the timeline, which does not move for it. */
function Over({ title, close, children }: OverProps) {
  return (
    <section class="nbc-over nbc-panel" aria-label={title} onKeyDown={(event) => event.key === "Escape" && close()}>
      <div class="nbc-over-top">
        <b>{title}</b>
        <Tool icon="close" name={C.close} act={close} />
      </div>
      {children}
    </section>
  );
}

/** The text as it will look, drawn by what draws messages; follows what is typed. */
export function Preview({ ui, text, close }: { ui: Ui; text: string; close: () => void }) {
  return (
    <Over title={C.preview} close={close}>
      {text.trim() ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <div class="nbc-over-body" tabIndex={0}>
          <Body ui={ui} text={text} by={ui.chat.me.value?.name ?? ""} mentions={[]} active />
        </div>
      ) : (
        <p class="nbc-quiet">{C.nothing}</p>
      )}
    </Over>
  );
}

/** How each thing is written, and how it looks. */
const EXAMPLES = [
  "**bold**",
  "*italic*",
  "~~no~~",
  "`code`",
  "[text](https://…)",
  "- list",
  "> quote",
  "```python",
  "$e^{i\\pi}$",
  ":tada:",
  "@name",
];

export function Help({ conversation, close }: { conversation: Conversation; close: () => void }) {
  return (
    <Over title={C.help} close={close}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <div class="nbc-over-body" tabIndex={0}>
        <dl class="nbc-help">
          {offered(conversation).map(({ name, help }) => (
            <HelpLine key={name} name={name} help={help} />
          ))}
          {BUILT_IN.map(({ name, help }) => (
            <HelpLine key={name} name={name} help={C[help]} />
          ))}
        </dl>
        <p class="nbc-examples" dir="ltr">
          {EXAMPLES.map((one) => (
            <code key={one}>{one}</code>
          ))}
        </p>
      </div>
    </Over>
  );
}

function HelpLine({ name, help }: { name: string; help: string }) {
  return (
    <>
      <dt>
        <code dir="ltr">/{name}</code>
      </dt>
      <dd>
        <bdi>{help}</bdi>
      </dd>
    </>
  );
}

/** What to do with a text, in one line. The first answer has the focus where something waits for it. */
export function Question({
  text,
  close,
  choices,
}: {
  text: string;
  close: () => void;
  choices: [label: string, act: () => void][];
}) {
  return (
    <div class="nbc-over nbc-ask" role="alert" onKeyDown={(event) => event.key === "Escape" && close()}>
      <span>{text}</span>
      {choices.map(([label, act]) => (
        <button key={label} type="button" class="nbc-link" onClick={act}>
          {label}
        </button>
      ))}
      <Tool icon="close" name={C.cancel} act={close} />
    </div>
  );
}
