/** The lazy chunk that sets formulas, with Temml (MIT): loaded when the first message with math is shown. */

import css from "./css/math.css";
import { addStyles } from "./styles";

export { set } from "./formula";

addStyles(css);
