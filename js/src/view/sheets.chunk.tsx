/**
 * The lazy chunk with what is seldom seen: the sheets of the menu, a new conversation, the first steps, and the question who one is.
 */

import people from "./css/people.css";
import css from "./css/sheet.css";
import { Panels } from "./panels";
import { Welcome } from "./people";
import { WhoAreYou } from "./question";
import { addStyles } from "./styles";

addStyles(css);
addStyles(people);

export { Panels, Welcome, WhoAreYou };
