/**
 * Every word that people see, in one table; another language is another table of the same shape (`lang-he.ts`). Chunks have tables of
 * their own, beside them. Counted things go through `plural` (Intl.PluralRules), lists of names through `listOf` (Intl.ListFormat), and names are
 * put in by functions, so that a translation may order the words as it needs. Read `S.key` when drawing: the table is filled anew when
 * another language is chosen.
 */

import { listOf, plural, words } from "./language";

export { intl, listOf, localeNow, plural, words } from "./language";

/** "1 member", "5 members". */
const count = (n: number, one: string, other: string): string => plural(n, { one: `# ${one}`, other: `# ${other}` });

export const S = words("view", {
  you: "You",
  app: "Chat",
  back: "Back to the list",
  menu: "Menu",
  retry: "Retry",
  remove: "Delete",
  copy: "Copy",
  join: "Join",

  conversations: "Conversations",
  filter: "Filter conversations",
  noMatch: (query: string) => `Nothing here matches “${query}”.`,
  clearFilter: "Show all",
  emptyList: "No conversations yet.",
  startOne: "New conversation",
  more: "Show more",
  unread: (n: number) => `${n > 999 ? "999+" : n} unread`,
  mentions: "Mentions of you",
  mentionsOfYou: (n: number) => count(n, "mention of you", "mentions of you"),
  unreadThreads: (n: number) => count(n, "thread has new replies", "threads have new replies"),
  starred: "Starred",
  archived: (n: number) => `Archived (${n})`,
  quiet: "Muted",
  draft: "Draft",
  noPreview: "No messages yet",
  deleted: "Deleted",

  notThere: "This conversation is not there, or not yours.",
  toList: "Show the list",
  pickOne: "Choose a conversation, or start one.",
  emptyConversation: "No messages yet. Say hello.",
  writeFirst: "Write the first message",
  nobodyElse: "Nobody else is here yet.",
  inviteThem: "Invite people",
  loading: "Loading…",
  older: "Loading older messages…",
  beginning: (title: string) => `This is where ${title} begins.`,
  conversationWith: (name: string) => `your conversation with ${name}`,
  yourself: "yourself",

  members: (n: number) => count(n, "member", "members"),
  online: (n: number) => `${n} online`,
  isOnline: "online",
  isOffline: "offline",
  lastSeen: (when: string) => `last seen ${when}`,
  justYou: "just you",
  details: (title: string) => `About ${title}`,
  isArchived: "archived",
  threads: "Threads",
  pins: "Pinned messages",

  today: "Today",
  yesterday: "Yesterday",
  at: (day: string, time: string) => `${day} at ${time}`,

  timeline: (title: string) => `Messages in ${title}`,
  by: (name: string, when: string) => `${name}, ${when}`,
  said: (name: string, text: string) => `${name}: ${text}`,
  newMessages: "New messages",
  newBelow: (n: number) => (n ? `${n > 99 ? "99+" : n} new` : "To the newest message"),
  viaNotebook: "via notebook",
  viaBot: "bot",
  waiting: "Waiting to be sent",
  waitsSlow: "Slow mode: it goes by itself when it may",
  sending: "Sending",
  sent: "Sent",
  delivered: (n: number, of: number) => `Delivered to ${n} of ${of}`,
  read: (n: number, of: number, names: string[]) => `Read by ${n} of ${of}${names.length ? `: ${listOf(names)}` : ""}`,
  failed: "Not sent",
  again: "It is sent again by itself.",
  deletedByModerator: "Deleted by a moderator",
  gone: "That message is not there any more.",
  edited: "edited",
  editedAt: (when: string) => `Edited ${when}`,
  pinnedBy: (name: string) => `Pinned by ${name}`,
  answers: "Answers",
  forwarded: (name: string, when: string) => `Forwarded from ${name}, ${when}`,
  forwards: "Forwarded",
  fromBlocked: "From somebody whom you block.",
  showIt: "Show",
  inThread: "In a thread",
  thread: "Thread",
  replies: (n: number) => count(n, "reply", "replies"),
  lastReply: (when: string) => `last ${when}`,
  fresh: (n: number) => `${n > 99 ? "99+" : n} new`,
  react: "Add a reaction",
  reacted: (emoji: string, n: number, who: string) => `${emoji} ${n} by ${who}`,
  others: (n: number) => count(n, "other", "others"),
  imageLink: (alt: string) => `Image: ${alt}`,

  typing: (names: string[], n: number) => {
    if (n > 2 || names.length === 0) return "Several people are typing…";
    return n === 2 && names.length === 2 ? `${listOf(names)} are typing…` : `${names[0]} is typing…`;
  },

  write: (title: string) => `Message ${title}`,
  writeReply: "Reply in the thread",
  also: "Also send to the conversation",
  send: "Send",
  writingAs: (name: string) => `Writing as ${name}`,
  left: (n: number) => `${count(n, "character", "characters")} left`,
  tooLong: (n: number) => `${count(n, "character", "characters")} too long. Split the message.`,
  noFiles: "Files come later.",
  waits: "Messages wait for the connection.",
  closed: {
    archived: "This conversation is archived: it can only be read.",
    muted: (when: string) => `A moderator has muted you until ${when}. You can read.`,
    announcements: "Only moderators and owners write here. You can answer in threads.",
  },
  joinToWrite: "You are looking at an open channel.",

  connected: "Connected",
  overHttp: "Connected over HTTP, because WebSockets are blocked",
  connecting: "Connecting…",
  reconnecting: "Reconnecting…",
  offline: "Not connected",
  attempt: (n: number) => `attempt ${n}`,
  nextTry: (seconds: number) => `next try in ${seconds} s`,
  retryNow: "Retry now",
  signedOut: "You are not signed in any more.",
  relay: (name: string) => `Through the kernel, as ${name}.`,
  frozen: "A saved picture of the conversation. Run the notebook to take part.",
  notes: {
    "": "",
    kernel_busy: "The kernel is busy: sending as soon as it is free.",
    kernel_gone: "The kernel is gone. Restart it, and run the cell again.",
    too_many_connections: "Too many of your pages are open. Close one.",
    flood: "Too much was sent at once: this page waits.",
    cannot_store: "The hub cannot store anything now.",
    unreachable: "The hub does not answer.",
    offline: "You are offline.",
  },

  changeName: "Change your name…",
  showMembers: "Members",

  whoAreYou: "Who are you?",
  broken: "That did not work. Try again.",
});
