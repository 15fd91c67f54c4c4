/** A button with a picture: its name is for the tooltip and for who cannot see it, a dot says that something is new behind it. */

import { Icon, type IconName } from "./icons";

export interface ToolProps {
  icon: IconName;
  name: string;
  act: () => void;
  /** A class more. */
  kind?: string;
  /** Whether there is something new. */
  mark?: unknown;
}

export function Tool({ icon, name, act, kind = "", mark }: ToolProps) {
  return (
    <button type="button" class={`nbc-tool ${kind}`} aria-label={name} title={name} onClick={act}>
      <Icon name={icon} />
      {mark ? <span class="nbc-mark" /> : null}
    </button>
  );
}
