/** The words of notice-strings.ts in Hebrew. */

import type { N } from "../notice-strings";
import { name } from "./he-view";

export const notices: typeof N = {
  joined: (who) => `הצטרפות לשיחה: ${name(who)}`,
  added: (who, whom) => `הוספה של ${name(whom)}, בידי ${name(who)}`,
  left: (who) => `עזיבה של השיחה: ${name(who)}`,
  removed: (who, whom) => `הוצאה של ${name(whom)}, בידי ${name(who)}`,
  banned: (who, whom) => `הוצאה בלי חזרה של ${name(whom)}, בידי ${name(who)}`,
  renamed: (who, title) => `שם חדש לשיחה: ${name(title)}, בידי ${name(who)}`,
  topic: (who, topic) => `נושא חדש, בידי ${name(who)}: ${name(topic)}`,
  noTopic: (who) => `הסרת הנושא, בידי ${name(who)}`,
  picture: (who, picture) => `תמונה חדשה: ${picture}, בידי ${name(who)}`,
  noPicture: (who) => `הסרת התמונה, בידי ${name(who)}`,
  archived: (who) => `העברת השיחה לארכיון, בידי ${name(who)}`,
  opened: (who) => `פתיחת השיחה מחדש, בידי ${name(who)}`,
  slow: (who, time) => `מצב איטי, הודעה אחת בכל ${time}, בידי ${name(who)}`,
  notSlow: (who) => `ביטול המצב האיטי, בידי ${name(who)}`,
  announcements: (who) => `מעכשיו רק מנחים ובעלים כותבים כאן, בידי ${name(who)}`,
  everybody: (who) => `מעכשיו כולם כותבים כאן, בידי ${name(who)}`,
  pinned: (who) => `הצמדת הודעה, בידי ${name(who)}`,
  show: "להציג אותה",
  ranked: (who, role) => `התפקיד החדש שלך: ${role}, בידי ${name(who)}`,
  roles: { owner: "בעלים", moderator: "מנחה", member: "חבר", guest: "אורח" },
  muted: (who, until) => `השתקה שלך עד ${until}, בידי ${name(who)}`,
  unmuted: (who) => `ביטול ההשתקה שלך, בידי ${name(who)}`,
  earlier: "מה שקרה לפני כן אינו מוצג.",
  because: (what, reason) => `${what}: ${name(`“${reason}”`)}`,

  log: {
    unbanned: (who, whom) => `חזרה התאפשרה ל־${name(whom)}, בידי ${name(who)}`,
    ranked: (who, whom, role) => `מינוי של ${name(whom)} לתפקיד ${role}, בידי ${name(who)}`,
    muted: (who, whom, until) => `השתקה של ${name(whom)} עד ${until}, בידי ${name(who)}`,
    unmuted: (who, whom) => `ביטול ההשתקה של ${name(whom)}, בידי ${name(who)}`,
    described: (who) => `שינוי פרטי השיחה, בידי ${name(who)}`,
    deleted: (who, whom) => `מחיקת הודעה של ${name(whom)}, בידי ${name(who)}`,
  },

  invitedYou: (who) => `הזמנה לכאן, בידי ${name(who)}`,
  removedYou: (who, title) => `הוצאה שלך מהשיחה ${name(title)}, בידי ${name(who)}.`,
  bannedYou: (who, title) => `הוצאה שלך בלי חזרה מהשיחה ${name(title)}, בידי ${name(who)}.`,
  reason: (reason) => `הסיבה: ${name(reason)}`,
  close: "סגירה",
};
