/** The words of the chunk `notices`: what happened to a conversation. */

import { words } from "./strings";

export const N = words("notices", {
  created: (who: string) => `${who} created the conversation`,
  joined: (who: string) => `${who} joined`,
  added: (who: string, whom: string) => `${who} added ${whom}`,
  left: (who: string) => `${who} left`,
  removed: (who: string, whom: string) => `${who} removed ${whom}`,
  banned: (who: string, whom: string) => `${who} banned ${whom}`,
  renamed: (who: string, title: string) => `${who} renamed the conversation to “${title}”`,
  topic: (who: string, topic: string) => `${who} set the topic: ${topic}`,
  noTopic: (who: string) => `${who} took the topic away`,
  picture: (who: string, picture: string) => `${who} set the picture: ${picture}`,
  noPicture: (who: string) => `${who} took the picture away`,
  archived: (who: string) => `${who} archived the conversation`,
  opened: (who: string) => `${who} opened the conversation again`,
  slow: (who: string, time: string) => `${who} turned slow mode on: one message in ${time}`,
  notSlow: (who: string) => `${who} turned slow mode off`,
  announcements: (who: string) => `${who} lets only moderators and owners write here`,
  everybody: (who: string) => `${who} lets everybody write here`,
  pinned: (who: string) => `${who} pinned a message`,
  show: "Show it",
  ranked: (who: string, role: string) => `${who} made you ${role}`,
  roles: { owner: "an owner", moderator: "a moderator", member: "a member", guest: "a guest" },
  muted: (who: string, until: string) => `${who} muted you until ${until}`,
  unmuted: (who: string) => `${who} lets you write again`,
  earlier: "What happened before this is not shown.",
  because: (what: string, reason: string) => `${what}: “${reason}”`,

  /** What nobody else is told, for the log of moderation. */
  log: {
    unbanned: (who: string, whom: string) => `${who} let ${whom} come back`,
    ranked: (who: string, whom: string, role: string) => `${who} made ${whom} ${role}`,
    muted: (who: string, whom: string, until: string) => `${who} muted ${whom} until ${until}`,
    unmuted: (who: string, whom: string) => `${who} let ${whom} write again`,
    described: (who: string) => `${who} changed the conversation`,
    deleted: (who: string, whom: string) => `${who} deleted a message of ${whom}`,
  },

  invitedYou: (who: string) => `${who} invited you`,
  removedYou: (who: string, title: string) => `${who} removed you from “${title}”.`,
  bannedYou: (who: string, title: string) => `${who} banned you from “${title}”.`,
  reason: (reason: string) => `The reason: “${reason}”`,
  close: "Close",
});
