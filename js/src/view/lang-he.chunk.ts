/** The lazy chunk with the view in Hebrew: a table for each English one, of the same type, so that a missing word stops the build. */

import { compose, emoji } from "./lang/he-compose";
import { errors } from "./lang/he-hub";
import { notices } from "./lang/he-notices";
import { people } from "./lang/he-people";
import { sheets } from "./lang/he-sheets";
import { talk } from "./lang/he-talk";
import { view } from "./lang/he-view";
import type { Language } from "./language";

const tables = { view, sheets, people, notices, talk, compose, emoji };

export const spoken: Language = { code: "he", dir: "rtl", tables, errors };
