/**
 * In place of all that somebody could read who is signed out: that they are, whether something of theirs is not sent, and the way in again. Shows none of
 * it, because the laptop may be a lost one. Part of the lazy chunk `sheets`; until that is there the bar says it.
 */

import { T } from "./sheet-strings";
import { S } from "./strings";
import type { Ui } from "./ui";
import { unsentOf } from "./unsent";

/** A page of its own asks its server again, in this tab; a notebook stays as it is, beside the hub's page. */
function SignIn({ ui }: { ui: Ui }) {
  const page = ui.page ? null : ui.chat.pageUrl.value;
  if (page === null) {
    return (
      <button type="button" class="nbc-button" onClick={() => location.reload()}>
        {T.signIn}
      </button>
    );
  }
  return (
    <a class="nbc-button" href={page} target="_blank" rel="noopener">
      {T.signIn}
    </a>
  );
}

export function SignedOut({ ui }: { ui: Ui }) {
  const Title = ui.page ? "h1" : "h2";
  return (
    <section class="nbc-question" aria-label={S.signedOut}>
      <Title class="nbc-title">{S.signedOut}</Title>
      {unsentOf(ui).length ? <p class="nbc-quiet">{T.unsentKept}</p> : null}
      <SignIn ui={ui} />
    </section>
  );
}
