/** A person or a conversation as a small coloured disc with initials; decoration only, the name stands beside it. */

import { Icon, type IconName } from "./icons";

/** White on each of these has a contrast of at least 4.5. */
const COLOURS = ["#8a4b08", "#7a3e9d", "#0b6e6e", "#9c2f5c", "#3b6e22", "#3657a7", "#6b5b00", "#5c5470"];

function colourOf(id: string): string {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return COLOURS[hash % COLOURS.length] ?? "#5c5470";
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
