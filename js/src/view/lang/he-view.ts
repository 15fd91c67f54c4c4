/** The words of strings.ts in Hebrew. Names stand in `⁨…⁩` (first strong isolate), so that a name in Latin letters does not turn the sentence around. */

import { listOf, plural, type S } from "../strings";

/** A name or a title inside a sentence, in its own direction. */
export const name = (text: string): string => `\u2068${text}\u2069`;
const names = (all: string[]): string => listOf(all.map(name));

const CHARACTERS = { one: "תו אחד", two: "שני תווים", other: "# תווים" };

export const view: typeof S = {
  you: "אני",
  app: "צ׳אט",
  back: "חזרה לרשימה",
  menu: "תפריט",
  retry: "לנסות שוב",
  remove: "מחיקה",
  copy: "העתקה",
  join: "הצטרפות",

  conversations: "שיחות",
  filter: "סינון שיחות",
  noMatch: (query) => `אין כאן התאמה ל־”${name(query)}”.`,
  clearFilter: "הצגת הכול",
  emptyList: "עדיין אין שיחות.",
  startOne: "שיחה חדשה",
  more: "הצגת עוד",
  unread: (n) =>
    n > 999
      ? "+999 שלא נקראו"
      : plural(n, { one: "הודעה אחת שלא נקראה", two: "שתיים שלא נקראו", other: "# שלא נקראו" }),
  mentions: "אזכורים שלי",
  mentionsOfYou: (n) => plural(n, { one: "אזכור אחד שלי", two: "שני אזכורים שלי", other: "# אזכורים שלי" }),
  unreadThreads: (n) =>
    plural(n, {
      one: "שרשור אחד עם תגובות חדשות",
      two: "שני שרשורים עם תגובות חדשות",
      other: "# שרשורים עם תגובות חדשות",
    }),
  starred: "בכוכב",
  archived: (n) => `ארכיון (${n})`,
  quiet: "מושתקת",
  draft: "טיוטה",
  noPreview: "עדיין אין הודעות",
  deleted: "נמחקה",

  notThere: "השיחה הזאת לא קיימת, או שאינה פתוחה בפניך.",
  toList: "הצגת הרשימה",
  pickOne: "אפשר לבחור שיחה או לפתוח חדשה.",
  emptyConversation: "עדיין אין הודעות. אפשר לומר שלום.",
  writeFirst: "כתיבת ההודעה הראשונה",
  nobodyElse: "אין כאן עדיין אף אחד.",
  inviteThem: "הזמנת אנשים",
  loading: "טעינה…",
  older: "טעינת הודעות קודמות…",
  beginning: (title) => `כאן מתחילה ${name(title)}.`,
  conversationWith: (who) => `השיחה עם ${name(who)}`,
  yourself: "עצמך",

  members: (n) => plural(n, { one: "חבר אחד", two: "שני חברים", other: "# חברים" }),
  online: (n) => plural(n, { one: "אחד מחובר", two: "שניים מחוברים", other: "# מחוברים" }),
  isOnline: "בחיבור",
  isOffline: "לא בחיבור",
  lastSeen: (when) => `ביקור אחרון: ${when}`,
  justYou: "רק אני",
  details: (title) => `על ${name(title)}`,
  isArchived: "בארכיון",
  threads: "שרשורים",
  pins: "הודעות נעוצות",

  today: "היום",
  yesterday: "אתמול",
  at: (day, time) => `${day} ב־${time}`,

  timeline: (title) => `הודעות: ${name(title)}`,
  by: (who, when) => `${name(who)}, ${when}`,
  said: (who, text) => `${name(who)}: ${name(text)}`,
  newMessages: "הודעות חדשות",
  newBelow: (n) =>
    n
      ? n > 99
        ? "+99 חדשות"
        : plural(n, { one: "הודעה חדשה", two: "שתיים חדשות", other: "# חדשות" })
      : "להודעה האחרונה",
  viaNotebook: "מתוך מחברת",
  viaBot: "בוט",
  waiting: "ממתינה לשליחה",
  waitsSlow: "מצב איטי: היא תישלח מעצמה כשאפשר",
  sending: "בשליחה",
  sent: "נשלחה",
  delivered: (n, of) => `נמסרה ל־${n} מתוך ${of}`,
  read: (n, of, who) => `נקראה בידי ${n} מתוך ${of}${who.length ? `: ${names(who)}` : ""}`,
  failed: "לא נשלחה",
  again: "היא תישלח שוב מעצמה.",
  deletedByModerator: "נמחקה בידי מנחה",
  gone: "ההודעה הזאת כבר לא קיימת.",
  edited: "נערכה",
  editedAt: (when) => `נערכה ${when}`,
  pinnedBy: (who) => `ננעצה בידי ${name(who)}`,
  answers: "תשובה ל־",
  forwarded: (who, when) => `הועברה מאת ${name(who)}, ${when}`,
  forwards: "הועברה",
  fromBlocked: "ממי שחסמת.",
  showIt: "הצגה",
  inThread: "בשרשור",
  thread: "שרשור",
  replies: (n) => plural(n, { one: "תגובה אחת", two: "שתי תגובות", other: "# תגובות" }),
  lastReply: (when) => `אחרונה ${when}`,
  fresh: (n) => `${n > 99 ? "+99" : n} חדשות`,
  react: "הוספת תגובת אמוג׳י",
  reacted: (emoji, n, who) => `${emoji} ${n} מאת ${who}`,
  others: (n) => plural(n, { one: "עוד אחד", two: "עוד שניים", other: "עוד #" }),
  imageLink: (alt) => `תמונה: ${alt}`,

  typing: (who, n) => {
    if (n > 2 || who.length === 0) return "כמה אנשים מקלידים…";
    return n === 2 && who.length === 2 ? `${names(who)} מקלידים…` : `הקלדה: ${name(who[0] ?? "")}…`;
  },

  write: (title) => `הודעה אל ${name(title)}`,
  writeReply: "תגובה בשרשור",
  also: "שליחה גם לשיחה",
  send: "שליחה",
  writingAs: (who) => `בשם ${name(who)}`,
  left: (n) => plural(n, { one: "נותר תו אחד", two: "נותרו שני תווים", other: "נותרו # תווים" }),
  tooLong: (n) => `ארוכה מדי: ${plural(n, CHARACTERS)} מעבר למותר. אפשר לחלק את ההודעה.`,
  noFiles: "קבצים יתווספו בהמשך.",
  waits: "ההודעות ממתינות לחיבור.",
  closed: {
    archived: "השיחה בארכיון. אי אפשר לכתוב בה יותר.",
    muted: (when) => `הושתקת עד ${when}, בידי מנחה. אפשר לקרוא.`,
    announcements: "רק מנחים ובעלים כותבים כאן. אפשר לענות בשרשורים.",
  },
  joinToWrite: "זו צפייה בערוץ פתוח.",

  connected: "יש חיבור",
  overHttp: "יש חיבור ב־HTTP, כי WebSockets חסומים",
  connecting: "התחברות…",
  reconnecting: "התחברות מחדש…",
  offline: "אין חיבור",
  attempt: (n) => `ניסיון ${n}`,
  nextTry: (seconds) => `ניסיון נוסף בעוד ${plural(seconds, { one: "שנייה", two: "שתי שניות", other: "# שניות" })}`,
  retryNow: "לנסות עכשיו",
  signedOut: "הכניסה לחשבון פגה.",
  relay: (who) => `דרך הליבה, בשם ${name(who)}.`,
  frozen: "תמונה שמורה של השיחה. כדי להשתתף יש להריץ את המחברת.",
  notes: {
    "": "",
    kernel_busy: "הליבה עסוקה: השליחה תתבצע כשתתפנה.",
    kernel_gone: "הליבה נסגרה. יש להפעיל אותה מחדש ולהריץ שוב את התא.",
    too_many_connections: "יותר מדי דפים פתוחים. יש לסגור אחד ולנסות שוב.",
    flood: "נשלח יותר מדי בבת אחת; הדף ימתין לפני שיתחבר שוב.",
    cannot_store: "השרת אינו יכול לשמור דבר כרגע.",
    unreachable: "השרת אינו עונה.",
    offline: "אין חיבור לרשת.",
  },

  changeName: "שינוי השם…",
  showMembers: "חברי השיחה",

  whoAreYou: "מי כאן?",
  broken: "זה לא הצליח. אפשר לנסות שוב.",
};
