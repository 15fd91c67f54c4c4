/**
 * What to offer to whom: a short form of the table in docs/policy.md, so that nobody is shown a button that the hub would refuse. The hub
 * decides all the same (hub/policy.py). Pure.
 */

import type { Role } from "../client/actions";
import type { Summary } from "../protocol/messages.gen";

/** Rising: who may do something may do what those before may. */
export const ROLES: readonly Role[] = ["guest", "member", "moderator", "owner"];

const LEAST = {
  leave: "guest",
  topic: "member",
  invite: "member",
  make_link: "moderator",
  describe: "moderator",
  set_rules: "moderator",
  rank: "moderator",
  mute: "moderator",
  remove: "moderator",
  moderate: "moderator",
  appoint: "owner",
  archive: "owner",
} as const satisfies Record<string, Role>;

export type Action = keyof typeof LEAST;
export const ACTIONS = Object.keys(LEAST) as Action[];

/** What goes on in an archived conversation. */
const ALWAYS: readonly Action[] = ["leave", "moderate", "archive"];

const stands = (role: Role): number => ROLES.indexOf(role);

/** Whether to offer this to the person in that conversation; muted people change nothing either. */
export function may(action: Action, { kind, role, settings, muted }: Summary, now: number): boolean {
  if (kind === "direct" || !role) return false;
  if (settings.archived && !ALWAYS.includes(action)) return false;
  if (muted !== null && muted > now && action !== "leave") return false;
  const least = action === "topic" && settings.announcements ? "moderator" : LEAST[action];
  return stands(role) >= stands(least);
}

/** Whether somebody with the role `mine` may moderate one with the role `theirs`: owners anybody, moderators who stands below them. */
export const isAbove = (mine: Role | null, theirs: Role): boolean =>
  mine === "owner" || (mine === "moderator" && stands(theirs) < stands("moderator"));

/** The roles that one may give: owners all, moderators those below their own. */
export const ranksOf = (mine: Role | null): Role[] =>
  mine === "owner" ? [...ROLES] : mine === "moderator" ? ["guest", "member"] : [];
