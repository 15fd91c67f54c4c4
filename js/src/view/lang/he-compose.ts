/** The words of compose-strings.ts and emoji-strings.ts in Hebrew. */

import type { C } from "../compose-strings";
import type { E } from "../emoji-strings";
import { name } from "./he-view";

export const compose: typeof C = {
  emoji: "אמוג׳י",
  format: "עיצוב",
  bold: "מודגש",
  italic: "נטוי",
  code: "קוד",
  link: "קישור",
  bullets: "רשימה",
  numbers: "רשימה ממוספרת",
  quote: "ציטוט",
  preview: "תצוגה מקדימה",
  nothing: "עדיין אין מה להציג.",
  swap: "Enter פותח שורה חדשה, Shift+Enter שולח",
  help: "פקודות ו־Markdown",
  linkText: "טקסט",
  shortcut: (what, keys) => `${what} (\u2068${keys}\u2069)`,

  slow: (time) => `מצב איטי: הודעה אחת בכל ${time}`,
  slowNext: (time) => `מצב איטי: ההודעה הבאה בעוד ${time}`,

  held: {
    store_full: "הדיסק של השרת מלא. ההודעות ממתינות למקום.",
    store_replaced: "צריך להפעיל מחדש את השרת. ההודעות ממתינות.",
    store_damaged: "הנתונים של השרת פגומים. ההודעות ממתינות עד שיתוקנו.",
    other: "השרת לא מצליח לשמור הודעות כרגע. הן ממתינות.",
  },

  suggestions: "הצעות",
  people: "אנשים",
  commands: "פקודות",
  everybody: "כל מי שבשיחה",
  everybodyOnline: "כל מי שמחובר עכשיו",
  you: "אני",
  notHere: "לא כאן",
  by: (who) => `עונה: ${name(who)}`,

  unknown: (command) => `אין פקודה בשם ${name(`/${command}`)}.`,
  sendAsText: "שליחה כטקסט",
  showCommands: "הצגת כל הפקודות",
  cancel: "ביטול",
  pasted: "זה נראה כמו קוד.",
  wrap: "הפיכה לקטע קוד",
  close: "סגירה",
  math: "נוסחה",

  topic: "קביעת נושא השיחה: \u2068/topic\u2069 ואחריו הנושא",
  rename: "שינוי שם השיחה: \u2068/rename\u2069 ואחריו השם",
  invite: "הזמנת מישהו: \u2068/invite @name\u2069",
  leave: "עזיבת השיחה",
  mute: "השתקת השיחה, או ביטול ההשתקה",
  status: "קביעת הסטטוס שלי: \u2068/status 🎧\u2069 ואחריו מילים",
  me: "לומר מה עושים: \u2068/me\u2069 ואחריו המעשה",
  shrug: "הוספת \u2068¯\\_(ツ)_/¯\u2069 להודעה",
  msg: "הודעה ישירה למישהו: \u2068/msg @name\u2069 ואחריו ההודעה",
  join: "פתיחת ערוץ: \u2068/join\u2069 ואחריו השם",
  helpCommand: "כל הפקודות, ואיך לעצב טקסט",

  needs: (command) => `אחרי ${name(`/${command}`)} צריך לבוא עוד משהו.`,
  nobody: (who) => `אין אף אחד בשם ${name(who)}.`,
  several: (who) => `יש יותר מאדם אחד בשם ${name(who)}. אפשר לכתוב את המזהה, כפי שהוא ברשימה.`,
  muted: "השיחה הושתקה. \u2068/mute\u2069 נוסף יבטל זאת.",
  unmuted: "ההשתקה של השיחה בוטלה.",
  invited: (names) => `הוזמנו: ${name(names)}.`,
  statusSet: "הסטטוס נקבע.",
  statusCleared: "הסטטוס נמחק.",
};

export const emoji: typeof E = {
  picker: "אמוג׳י",
  search: "חיפוש אמוג׳י (באנגלית)",
  none: (query) => `אין אמוג׳י בשם ”${name(query)}”.`,
  newest: "בשימוש לאחרונה, וסמיילים",
  groups: [
    "סמיילים ורגשות",
    "אנשים ומחוות",
    "בעלי חיים וטבע",
    "אוכל ושתייה",
    "נסיעות ומקומות",
    "פעילויות",
    "חפצים",
    "סמלים",
    "דגלים",
  ],
  found: "נמצאו",
  tone: "גוון עור",
  tones: ["בלי גוון", "בהיר", "בהיר־בינוני", "בינוני", "כהה־בינוני", "כהה"],
};
