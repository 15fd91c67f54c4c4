/** The page of its own at `…/nbchat/`: the widget's module, drawn into the whole window. */

import { mountPage } from "./page-mount";

mountPage(document);
