/** "Who are you?" after the answer: it is said that one waits, why if it takes long, and nothing is asked twice. */

import { afterEach, expect, test, vi } from "vitest";
import type { Question } from "../../src/client/chat";
import { T } from "../../src/view/sheet-strings";
import { S } from "../../src/view/strings";
import { CONNECTED, person, ScriptedChat } from "../kit/chat";
import { HUB, serves } from "../kit/server";
import { drawn, stage } from "../kit/stage";

const QUESTION: Question = { owner: null, may_be_owner: false, knew: null };
const ASKING = { ...CONNECTED, state: "asking" } as const;
const refusal = (code: string) => Response.json({ code, text: "No." }, { status: 403 });

afterEach(() => void vi.useRealTimers());

async function asks(answer: () => Response, question = QUESTION) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  const chat = new ScriptedChat();
  chat.pageUrl.value = HUB;
  chat.connection.value = ASKING;
  chat.question.value = question;
  const asked = serves(answer);
  const shown = await stage(chat, "", true);
  const starts = async () => {
    shown.find("form").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await drawn();
  };
  return { ...shown, chat, asked, starts };
}

test("who has answered sees at once that the hub is connected to, and cannot send it twice", async () => {
  const { type, starts, texts, find, asked, chat } = await asks(() => Response.json({}));
  await type("input", " Ada ");
  await starts();
  expect(texts("form button")).toEqual([S.connecting]);
  expect((find("form button") as HTMLButtonElement).disabled).toBe(true);
  expect((find("input") as HTMLInputElement).readOnly).toBe(true);
  await starts();
  expect(asked).toEqual([["api/me", { choice: "new", name: "Ada" }]]);
  expect(chat.asked).toEqual([["retryNow"]]);
  expect(texts("[role=status]")).toEqual([T.whoHint]);
});

test("after some seconds it says why, in the words of the connection where there are some", async () => {
  const { type, starts, texts, chat } = await asks(() => Response.json({}));
  await type("input", "Ada");
  await starts();
  await vi.advanceTimersByTimeAsync(6_000);
  await drawn();
  expect(texts("[role=status]")).toEqual([
    expect.stringMatching(/^This takes longer than usual: .* Another way is tried by itself\. The hub has your name/),
  ]);
  chat.connection.value = { ...ASKING, note: "unreachable" };
  await drawn();
  expect(texts("[role=status]")).toEqual([expect.stringMatching(/^The hub does not answer\. The hub has your name/)]);
});

test("whom the server asks anew can answer again", async () => {
  const { type, starts, texts, chat, find } = await asks(() => Response.json({}));
  await type("input", "Ada");
  await starts();
  chat.question.value = { ...QUESTION };
  await drawn();
  expect(texts("form button")).toEqual(["Start"]);
  expect((find("input") as HTMLInputElement).value).toBe("Ada");
});

test.each([
  ["bad_name", []],
  ["forbidden", [["retryNow"]]],
])(
  "an answer that is refused (%s) is said and can be changed; where it may have been taken, the server is asked",
  async (code, then) => {
    const { type, starts, texts, chat, find } = await asks(() => refusal(code));
    await type("input", "Ada");
    await starts();
    expect(texts(".nbc-problem")).toEqual(["No."]);
    expect(texts("form button")).toEqual(["Start"]);
    expect((find("input") as HTMLInputElement).readOnly).toBe(false);
    expect(chat.asked).toEqual(then);
  },
);

test("its owner sees it at what they chose", async () => {
  const { find, texts } = await asks(() => Response.json({}), {
    ...QUESTION,
    owner: person("ada", "Ada"),
    may_be_owner: true,
  });
  find(".nbc-choice").click();
  await drawn();
  expect(texts(".nbc-choice .nbc-quiet")).toEqual([S.connecting]);
  expect(texts("form button")).toEqual(["Start"]);
});
