/** A button that copies a text, and says so. */

import { useState } from "preact/hooks";
import { copyText } from "./copy";
import { T } from "./sheet-strings";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(text));
  return (
    <button type="button" class="nbc-button nbc-plain nbc-small" onClick={() => void copy()}>
      <span role="status">{copied ? T.copied : label}</span>
    </button>
  );
}
