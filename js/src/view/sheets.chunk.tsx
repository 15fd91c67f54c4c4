/**
 * The lazy chunk with what is seldom seen: the sheets of the menu, a new conversation, and the question who one is. Built as a function of
 * its imports (chunks.ts), so that it runs on the widget's own Preact.
 */

import css from "./css/sheet.css";
import { Panels } from "./panels";
import { WhoAreYou } from "./question";
import { addStyles } from "./styles";

addStyles(css);

export { Panels, WhoAreYou };

export interface Sheets {
  Panels: typeof Panels;
  WhoAreYou: typeof WhoAreYou;
}
