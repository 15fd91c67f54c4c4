/** What is offered to whom is what docs/policy.md says, cell by cell. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ACTIONS, type Action, isAbove, may, ROLES, ranksOf } from "../../src/view/may";
import { SETTINGS, summary } from "../kit/chat";

const NOW = 1_000;

/** The rows of the table by action, as columns by their heads. */
function table(): Map<string, Record<string, string>> {
  const lines = readFileSync(resolve(__dirname, "../../../docs/policy.md"), "utf8").split("\n");
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const head = lines.findIndex((line) => line.startsWith("| action |"));
  const names = cells(lines[head] ?? "");
  const rows = lines.slice(head + 2, lines.indexOf("", head)).map(cells);
  return new Map(rows.map((row) => [row[0] ?? "", Object.fromEntries(names.map((name, at) => [name, row[at] ?? ""]))]));
}

const rules = table();
const rule = (action: Action): Record<string, string> => {
  const found = rules.get(action);
  if (!found) throw new Error(`docs/policy.md has no action ${action}.`);
  return found;
};
const here = (more: Parameters<typeof summary>[1]) => summary("c", more);

describe.each(ACTIONS)("%s", (action) => {
  test.each(ROLES)("for the role %s", (role) => {
    expect(may(action, here({ role }), NOW)).toBe(rule(action)[role] === "yes");
  });

  test("in a direct conversation, while muted, and for strangers", () => {
    expect(may(action, here({ role: "owner", kind: "direct" }), NOW)).toBe(rule(action)["direct"] === "yes");
    expect(may(action, here({ role: "owner", muted: NOW + 1 }), NOW)).toBe(rule(action)["muted"] === "yes");
    expect(may(action, here({ role: "owner", muted: NOW - 1 }), NOW)).toBe(rule(action)["owner"] === "yes");
    expect(may(action, here({ role: null, joined: false }), NOW)).toBe(
      rule(action)["stranger, open channel"] === "yes",
    );
  });

  test.each(["archived", "announcements"] as const)("in one that is %s", (how) => {
    const settings = { ...SETTINGS, archived: how === "archived", announcements: how === "announcements" };
    const least = { yes: "guest", moderators: "moderator", owners: "owner" }[rule(action)[how] ?? ""];
    for (const role of ROLES) {
      const still = least !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least as (typeof ROLES)[number]);
      expect(may(action, here({ role, settings }), NOW), role).toBe(still && rule(action)[role] === "yes");
    }
  });
});

test("moderators moderate who stands below them, owners everybody", () => {
  expect(ROLES.filter((role) => isAbove("moderator", role))).toEqual(["guest", "member"]);
  expect(ROLES.filter((role) => isAbove("owner", role))).toEqual([...ROLES]);
  expect(ROLES.filter((role) => isAbove("member", role))).toEqual([]);
  expect(ranksOf("moderator")).toEqual(["guest", "member"]);
  expect(ranksOf("owner")).toEqual([...ROLES]);
  expect(ranksOf("guest")).toEqual([]);
});
