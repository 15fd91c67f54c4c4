/** The lazy chunk with what helps while writing, and the emoji picker's opener, which reactions and profiles use as well. */

import css from "./css/compose.css";
import { addStyles } from "./styles";

export { Assist } from "./assist";
export { Held } from "./held";
export { pickEmoji } from "./pick-emoji";

addStyles(css);
