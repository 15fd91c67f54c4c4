/** The words of what helps while writing (the lazy chunk `compose`). */

import { words } from "./strings";

export const C = words("compose", {
  emoji: "Emoji",
  format: "Formatting",
  bold: "Bold",
  italic: "Italic",
  code: "Code",
  link: "Link",
  bullets: "List",
  numbers: "Numbered list",
  quote: "Quote",
  preview: "Preview",
  nothing: "Nothing to preview yet.",
  swap: "Enter starts a new line, Shift+Enter sends",
  help: "Commands and Markdown",
  linkText: "text",
  shortcut: (name: string, keys: string) => `${name} (${keys})`,

  slow: (time: string) => `Slow mode: one message every ${time}`,
  slowNext: (time: string) => `Slow mode: the next message in ${time}`,

  /** Why messages wait, by the code of the refusal. */
  held: {
    store_full: "The hub's disk is full. Messages wait for room.",
    store_replaced: "The hub has to be started again. Messages wait.",
    store_damaged: "The hub's data is damaged. Messages wait until it is mended.",
    other: "The hub cannot store messages now. They wait.",
  },

  suggestions: "Suggestions",
  people: "People",
  commands: "Commands",
  everybody: "everybody in this conversation",
  everybodyOnline: "everybody who is online now",
  you: "you",
  notHere: "not here",
  by: (who: string) => `answered by ${who}`,

  unknown: (name: string) => `There is no command /${name}.`,
  sendAsText: "Send as text",
  showCommands: "Show all commands",
  cancel: "Cancel",
  pasted: "This looks like code.",
  wrap: "Make it a code block",
  close: "Close",
  math: "Formula",

  topic: "Set the topic: /topic what it is about",
  rename: "Rename this conversation: /rename title",
  invite: "Invite somebody: /invite @name",
  leave: "Leave this conversation",
  mute: "Mute this conversation, or hear of it again",
  status: "Set your status: /status 🎧 in a call",
  me: "Say what you do: /me waves",
  shrug: "Add ¯\\_(ツ)_/¯ to a message",
  msg: "Write somebody directly: /msg @name text",
  join: "Open a channel: /join name",
  helpCommand: "Show all commands, and how to format",

  needs: (name: string) => `/${name} needs something after it.`,
  nobody: (name: string) => `Nobody is called ${name}.`,
  several: (name: string) => `More than one person is called ${name}. Use the id, as the list shows it.`,
  muted: "Muted. /mute again to hear of it.",
  unmuted: "You hear of this conversation again.",
  invited: (names: string) => `Invited ${names}.`,
  statusSet: "Your status is set.",
  statusCleared: "Your status is cleared.",
});
