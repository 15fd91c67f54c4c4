/** The lazy chunk with what happened to conversations: lines between the messages, that one was removed, and what moderators did. Loaded with the first of them. */

import css from "./css/notices.css";
import { addStyles } from "./styles";

addStyles(css);

export { Came } from "./came";
export { logged } from "./logged";
export { weave } from "./notices";
export { Removals } from "./removals";
