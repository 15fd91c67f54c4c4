/**
 * The lazy chunk with what people do to messages: the toolbar over a row, the menu, editing in place, the dialogs, threads and lists of
 * messages in the pane beside. Loaded when a pointer or the focus first comes to a timeline, or something of it is wanted.
 */

import dialog from "./css/dialog.css";
import side from "./css/side.css";
import talk from "./css/talk.css";
import { addStyles } from "./styles";

for (const css of [talk, dialog, side]) addStyles(css);

export { ReplyBar } from "./reply-bar";
export { act } from "./talk-acts";
export { Beside } from "./talk-beside";
export { hasOwnMenu, onClick } from "./talk-clicks";
export { Editor } from "./talk-editor";
export { fetchTarget } from "./talk-jump";
export { Tools } from "./talk-tools";
export { onKey } from "./timeline-keys";
