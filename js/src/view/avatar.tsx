/** A person or a conversation as a small coloured disc with initials; decoration only, the name stands beside it. */

import { Icon, type IconName } from "./icons";

/** One of 48, on each of which white has a contrast of at least 4.5. */
export function colourOf(id: string): string {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return `hsl(${(hash % 24) * 15} 45% ${hash % 5 < 2 ? 25 : 31}%)`;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toLocaleUpperCase();
}

export function Avatar(props: { id: string; name: string; online?: boolean | undefined; icon?: IconName | undefined }) {
  const { id, name, online, icon } = props;
  return (
    <span class="nbc-avatar" style={{ background: colourOf(id) }} aria-hidden="true">
      {icon ? <Icon name={icon} /> : initials(name)}
      {online === undefined ? null : <span class={online ? "nbc-dot nbc-on" : "nbc-dot"} />}
    </span>
  );
}
