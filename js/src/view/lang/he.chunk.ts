/** The lazy chunk with the view in Hebrew: a table for each English one, of the same type, so that a missing word stops the build. */

import type { Language } from "../language";
import { sheets } from "./he-sheets";
import { view } from "./he-view";

export const hebrew: Language = { code: "he", dir: "rtl", tables: { view, sheets } };
