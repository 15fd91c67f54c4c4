/** The words of notice-strings.ts in Hebrew. */

import type { N } from "../notice-strings";
import { name } from "./he-view";

export const notices: typeof N = {
  created: (who) => `יצירת השיחה: ${name(who)}`,
  joined: (who) => `הצטרפות לשיחה: ${name(who)}`,
  added: (who, whom) => `הוספה לשיחה: ${name(whom)}, בידי ${name(who)}`,
  left: (who) => `עזיבת השיחה: ${name(who)}`,
  removed: (who, whom) => `הוצאה מהשיחה: ${name(whom)}, בידי ${name(who)}`,
  banned: (who, whom) => `הוצאה בלי אפשרות לחזור: ${name(whom)}, בידי ${name(who)}`,
  renamed: (who, title) => `שם חדש לשיחה: ${name(title)}, בידי ${name(who)}`,
  topic: (who, topic) => `נושא חדש, בידי ${name(who)}: ${name(topic)}`,
  noTopic: (who) => `הסרת הנושא, בידי ${name(who)}`,
  picture: (who, picture) => `תמונה חדשה: ${picture}, בידי ${name(who)}`,
  noPicture: (who) => `הסרת התמונה, בידי ${name(who)}`,
  archived: (who) => `העברת השיחה לארכיון, בידי ${name(who)}`,
  opened: (who) => `פתיחת השיחה מחדש, בידי ${name(who)}`,
  slow: (who, time) => `הפעלת מצב איטי, הודעה אחת בכל ${time}, בידי ${name(who)}`,
  notSlow: (who) => `ביטול המצב האיטי, בידי ${name(who)}`,
  announcements: (who) => `מעכשיו רק מנחים ובעלים כותבים כאן, בידי ${name(who)}`,
  everybody: (who) => `מעכשיו כולם כותבים כאן, בידי ${name(who)}`,
  pinned: (who) => `נעיצת הודעה, בידי ${name(who)}`,
  show: "הצגה",
  ranked: (who, role) => `התפקיד החדש שלך: ${role}, בידי ${name(who)}`,
  roles: { owner: "בעלים", moderator: "מנחה", member: "חבר/ה", guest: "אורח/ת" },
  muted: (who, until) => `הושתקת עד ${until}, בידי ${name(who)}`,
  unmuted: (who) => `ההשתקה שלך בוטלה, בידי ${name(who)}`,
  earlier: "מה שקרה לפני כן אינו מוצג.",
  because: (what, reason) => `${what}: ”${name(reason)}”`,

  log: {
    unbanned: (who, whom) => `אפשרות לחזור: ${name(whom)}, בידי ${name(who)}`,
    ranked: (who, whom, role) => `מינוי של ${name(whom)} לתפקיד ${role}, בידי ${name(who)}`,
    muted: (who, whom, until) => `השתקת ${name(whom)} עד ${until}, בידי ${name(who)}`,
    unmuted: (who, whom) => `ביטול ההשתקה של ${name(whom)}, בידי ${name(who)}`,
    described: (who) => `שינוי פרטי השיחה, בידי ${name(who)}`,
    deleted: (who, whom) => `מחיקת הודעה של ${name(whom)}, בידי ${name(who)}`,
  },

  invitedYou: (who) => `הוזמנת לכאן, בידי ${name(who)}`,
  removedYou: (who, title) => `הוצאת מהשיחה ${name(title)}, בידי ${name(who)}.`,
  bannedYou: (who, title) => `הוצאת מהשיחה ${name(title)} בלי אפשרות לחזור, בידי ${name(who)}.`,
  reason: (reason) => `הסיבה: ${name(reason)}`,
  close: "סגירה",
};
