/** More pictures, for the actions on messages; drawn as those of icons.tsx. */

const paths = {
  reply: "M9 6l-6 6 6 6M3 12h11a7 7 0 017 7",
  thread: "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
  react: "M12 3a9 9 0 100 18 9 9 0 000-18M8.5 14a4 4 0 007 0M9 9.5v.01M15 9.5v.01",
  edit: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
  delete: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  forward: "M15 6l6 6-6 6M21 12H10a7 7 0 00-7 7",
  pin: "M9 4h6l-1 6 4 3v2H6v-2l4-3zM12 15v5",
  save: "M6 4h12v17l-6-4-6 4z",
  unread: "M4 6h16v12H4zM4 7l8 6 8-6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  link: "M10 14a4 4 0 006 0l3-3a4 4 0 00-6-6l-1 1M14 10a4 4 0 00-6 0l-3 3a4 4 0 006 6l1-1",
  versions: "M12 3a9 9 0 11-8 5M4 3v5h5M12 7.5V12l3 2",
  report: "M5 21V4h13l-3 4.5 3 4.5H5",
  person: "M12 12a4 4 0 100-8 4 4 0 000 8M4 21a8 8 0 0116 0",
  menu: "M6 12v.01M12 12v.01M18 12v.01",
  bell: "M6 16V10a6 6 0 0112 0v6l2 2H4zM10 20.5a2 2 0 004 0",
} as const;

export type TalkIcon = keyof typeof paths;

/** Arrows that point where the line goes: turned round where people read from the right, as the way back is. */
const TURNED: readonly TalkIcon[] = ["reply", "forward"];

export function Glyph({ name }: { name: TalkIcon }) {
  return (
    <svg
      class={`nbc-icon nbc-icon-${TURNED.includes(name) ? "back" : name}`}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
