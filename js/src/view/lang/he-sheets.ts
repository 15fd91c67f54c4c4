/** The words of sheet-strings.ts in Hebrew. */

import type { T } from "../sheet-strings";
import { plural } from "../strings";
import { name } from "./he-view";

export const sheets: typeof T = {
  offline: "אין חיבור. אפשר יהיה להמשיך כשהחיבור יחזור.",
  cancel: "ביטול",
  save: "שמירה",
  open: "פתיחה",
  leave: "עזיבה",
  leaveQuestion: (title) => `לעזוב את ${name(title)}? לא יגיעו אליך ממנה עוד הודעות.`,
  yourName: "השם שלי",
  nameHint: "כך רואים אותך כולם, בכל שיחה.",
  dataWhere: "הכול נשמר בקובץ הזה:",
  dataBackup: "לגיבוי:",
  dataRemove: "למחיקה: עוצרים כל שרת שמשתמש בנתונים, ואז מוחקים את התיקייה הזו:",
  dataForbidden: "רק בעלי השרת רואים היכן הנתונים שלו.",
  people: "אנשים",
  channels: "ערוצים",
  findPeople: "חיפוש אנשים לפי שם",
  nobodyFound: "אין אף אחד בשם הזה. אנשים מופיעים כאן לאחר שהתחברו לראשונה.",
  writeTo: (who) => `הודעה אל ${name(who)}`,
  groupTitle: "שם הקבוצה",
  titleMissing: "לקבוצה צריך שם, כדי שאפשר יהיה להבדיל בינה לבין אחרות.",
  createGroup: (n) => plural(n, { two: "יצירת קבוצה של שניים", other: "יצירת קבוצה של #" }),
  findChannels: "חיפוש ערוץ או שם לערוץ חדש",
  noChannels: "עדיין אין ערוצים פתוחים. כתיבת שם תיצור ערוץ.",
  openChannels: "פתוחים להצטרפות",
  browseAll: (n) => `עיון בכל ${n} הערוצים`,
  createChannel: (title) => `יצירת ”${name(title)}”`,
  whoHint: "הדפדפן הזה חדש כאן. השם שייבחר יופיע ליד ההודעות.",
  ownerAgain: (who) => `${name(who)}: בשם הזה רצות כאן המחברות`,
  ownerHint: "זו הבחירה הנכונה אם השרת שלך.",
  somebodyNew: "מישהו חדש",
  start: "התחלה",
  close: "סגירה",
  copied: "הועתק",
  asPage: "פתיחה כדף",
  whereIsTheData: "היכן הנתונים שלי?",
  leaveIt: "עזיבת השיחה…",
};
