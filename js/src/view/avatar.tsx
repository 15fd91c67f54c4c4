/** A person or a conversation as a small coloured disc with initials; decoration only, the name stands beside it. */

import type { Chat } from "../client/chat";
import { Icon, type IconName } from "./icons";

/** The hues of PERSON_COLORS. */
const HUES: Record<string, number> = {
  red: 0,
  orange: 22,
  yellow: 42,
  green: 130,
  teal: 178,
  blue: 215,
  purple: 272,
  pink: 325,
};

/** The colour that a person chose, else one of 48 by the id; white has a contrast of at least 4.5 on each. */
export function colourOf(id: string, chosen = ""): string {
  const hue = HUES[chosen];
  if (hue !== undefined) return `hsl(${hue} 66% ${hue > 200 || hue < 9 ? 41 : 29}%)`;
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return `hsl(${(hash % 24) * 15} 45% ${hash % 5 < 2 ? 25 : 31}%)`;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toLocaleUpperCase();
}

export interface AvatarProps {
  id: string;
  name: string;
  online?: boolean | undefined;
  icon?: IconName | undefined;
  /** One of PERSON_COLORS. */
  color?: string | undefined;
  /** An emoji that stands for it. */
  picture?: string | undefined;
}

export function Avatar({ id, name, online, icon, color, picture }: AvatarProps) {
  return (
    <span
      class={picture ? "nbc-avatar nbc-picture" : "nbc-avatar"}
      style={picture ? "" : { background: colourOf(id, color) }}
      aria-hidden="true"
    >
      {picture || (icon ? <Icon name={icon} /> : initials(name))}
      {online === undefined ? null : <span class={online ? "nbc-dot nbc-on" : "nbc-dot"} />}
    </span>
  );
}

/** The avatar of somebody whom the chat knows. */
export function Face({ chat, user, online }: { chat: Chat; user: string; online?: boolean | undefined }) {
  return <Avatar id={user} name={chat.name(user)} color={chat.person(user)?.color} online={online} />;
}
