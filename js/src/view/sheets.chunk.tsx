/**
 * The lazy chunk with what is seldom seen: the sheets of the menu, a new conversation, the first steps, the question who one is, and the way in again.
 */

import people from "./css/people.css";
import css from "./css/sheet.css";
import { Panels } from "./panels";
import { Welcome } from "./people";
import { WhoAreYou } from "./question";
import { SignedOut } from "./signed-out";
import { addStyles } from "./styles";

addStyles(css);
addStyles(people);

export { Panels, SignedOut, Welcome, WhoAreYou };
