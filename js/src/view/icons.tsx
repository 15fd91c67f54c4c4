/** The few pictures of the view, drawn in lines of the text's colour; all of them are decoration, the words stand beside. */

const paths = {
  back: "M15 5l-7 7 7 7",
  menu: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18M12 7.5V12l3 2",
  one: "M5 12.5l4.5 4.5L19 7.5",
  two: "M1 13l4.5 4.5L15 7.5M11.5 16.5l1.5 1 10-10",
  failed: "M12 3a9 9 0 100 18 9 9 0 000-18M12 7.5v5M12 16v.01",
  people:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7M2.5 20a6.5 6.5 0 0113 0M16 4.3a3.5 3.5 0 010 6.4M18 14.2a6.5 6.5 0 013.5 5.8",
  channel: "M9.5 4L7.5 20M16.5 4l-2 16M4 9h16.5M3.5 15H20",
  page: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  code: "M8.5 7L3.5 12l5 5M15.5 7l5 5-5 5",
  at: "M16 12a4 4 0 10-8 0 4 4 0 008 0zm0 0v1.5a2.5 2.5 0 005 0V12a9 9 0 10-3.5 7.1",
  smile: "M12 3a9 9 0 100 18 9 9 0 000-18M8.5 14a4 4 0 007 0M9 9.5v.01M15 9.5v.01",
  bin: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
  thread: "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
  pin: "M9 4h6l-1 6 4 3v2H6v-2l4-3zM12 15v5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`nbc-icon nbc-icon-${name}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
