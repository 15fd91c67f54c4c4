/** The lazy chunk with the emoji: their names and words (40 kB gzip), found by `:name:`, and the picker, for messages and for reactions. */

import css from "./css/emoji.css";
import { addStyles } from "./styles";

export { named, newest, remember, search, toned, toneNow } from "./emoji";
export { Picker } from "./picker";

addStyles(css);
