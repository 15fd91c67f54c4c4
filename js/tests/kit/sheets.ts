/** What tests of the sheets about people do: a team with roles, a sheet that is opened, a form that is sent. */

import type { Role } from "../../src/client/actions";
import { ChatError } from "../../src/client/chat";
import type { AnyCommand, Summary } from "../../src/protocol/messages.gen";
import type { ScriptedChat } from "./chat";
import { drawn, type Stage, stage } from "./stage";
import { team } from "./team";

/** The team, in which Ada, oneself, has a role and Bob another. */
export function as(role: Role, more: Partial<Summary> = {}, bob: Role = "member"): ScriptedChat {
  const chat = team();
  const known = chat.conversation("team").peek();
  if (known) {
    chat.has({
      ...known,
      standings: new Map([
        ["ada", { user: "ada", role, muted: null }],
        ["bob", { user: "bob", role: bob, muted: null }],
      ]),
      summary: { ...known.summary, role, ...more },
    });
  }
  return chat;
}

/** What presses have asked for; not the history, which the list asks for by itself (view/came.tsx). */
export const asks = (chat: ScriptedChat) =>
  chat.asked.flatMap(([what, command]) => (what === "ask" && (command as AnyCommand).t !== "history" ? [command] : []));
export const refuse = (chat: ScriptedChat, code: string, text: string) => {
  chat.onAsk = () => {
    throw new ChatError(code, text);
  };
};

export async function submit({ find }: Stage, selector = "[role=dialog] form"): Promise<void> {
  find(selector).dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  await drawn();
}

export async function choose({ find }: Stage, label: string, option: string): Promise<void> {
  const field = [...find(".nbc-sheet").querySelectorAll("label")].find((one) => one.textContent?.startsWith(label));
  const select = field?.querySelector("select");
  const at = [...(select?.options ?? [])].findIndex((one) => one.textContent === option);
  if (!select || at < 0) throw new Error(`There is no choice ${label} with ${option}: ${field?.textContent}`);
  select.selectedIndex = at;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await drawn();
}

export async function sheet(chat: ScriptedChat, ...presses: string[]): Promise<Stage> {
  const shown = await stage(chat, "team");
  for (const name of ["Menu", ...presses]) await shown.press(name);
  return shown;
}
