// Drawn here, not fetched: 24 x 24, stroked with the text's colour.
const shapes = {
  camera: "M4 8h3l2-3h6l2 3h3v11H4z M12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  tasks: "M9 6h11 M9 12h11 M9 18h11 M3.5 6l1.2 1.2L7 5 M3.5 12l1.2 1.2L7 11 M3.5 18l1.2 1.2L7 17",
  mine: "M6 3h9l4 4v14H6z M14 3v5h5 M9 13h7 M9 17h5",
  bell: "M6 17h12l-1.5-2.5V10a4.5 4.5 0 0 0-9 0v4.5z M10 20a2 2 0 0 0 4 0",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5",
  back: "M15 4l-8 8 8 8",
  next: "M9 4l8 8-8 8",
  close: "M5 5l14 14 M19 5L5 19",
  check: "M4 12.5l5.5 5.5L20 6.5",
  place:
    "M12 21c4.5-5 7-8.300 7-11.5A7 7 0 0 0 5 9.5C5 12.700 7.5 16 12 21z " +
    "M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5.5l3.5 2",
  warn: "M12 3.5L22 20H2z M12 10v5 M12 17.300v.4",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5",
  board: "M4 4h5v16H4z M10.5 4h4v11h-4z M16 4h4v7h-4z",
  list: "M4 6h16 M4 12h16 M4 18h16",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 20c0-3.5 2.700-6 6.5-6s6.5 2.5 6.5 6 " +
    "M16 4.5a3.5 3.5 0 0 1 0 6.5 M18 14.5c2.2.8 3.5 2.800 3.5 5.5",
  master: "M3 21V10l6 3.5V10l6 3.5V6l6-3v18z M7 17h2 M12 17h2 M17 17h1",
  qr: "M4 4h6v6H4z M14 4h6v6h-6z M4 14h6v6H4z M14 14h2v2h-2z M18 14h2 M14 18v2h2 M18 18h2v2h-2z",
  download: "M12 4v11 M7 10.5l5 5 5-5 M4 20h16",
  shield: "M12 3l8 3v5.5c0 4.800-3.300 8-8 9.5-4.700-1.5-8-4.700-8-9.5V6z M8.5 12l2.5 2.5 4.5-5",
  shieldMaybe:
    "M12 3l8 3v5.5c0 4.800-3.300 8-8 9.5-4.700-1.5-8-4.700-8-9.5V6z M12 7.5v5 M12 15.700v.4",
  shieldBad: "M12 3l8 3v5.5c0 4.800-3.300 8-8 9.5-4.700-1.5-8-4.700-8-9.5V6z M9 9l6 6 M15 9l-6 6",
  fit: "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5",
  language:
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M3 12h18 " +
    "M12 3c5 5.5 5 12.5 0 18-5-5.5-5-12.5 0-18z",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  out: "M10 4H4v16h6 M15 8l4 4-4 4 M9 12h10",
  print: "M7 9V3h10v6 M7 17H4V9h16v8h-3 M7 14h10v7H7z",
  plus: "M12 5v14 M5 12h14",
  minus: "M5 12h14",
  trash: "M5 7h14 M10 7V4h4v3 M7 7l1 13h8l1-13 M10.5 11v5.5 M13.5 11v5.5",
  upload: "M12 20V9 M7 13.5l5-5 5 5 M4 4h16",
  refresh: "M20 12a8 8 0 1 1-2.5-5.800 M20 3v5h-5",
  compare: "M12 3v18 M4 6h5v12H4z M15 6h5v12h-5z",
  eye:
    "M2.5 12C5 7.5 8.300 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.800 6.5-9.5 6.5S5 16.5 2.5 12z " +
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  file: "M6 3h9l4 4v14H6z M14 3v5h5",
  mic: "M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3z M6 11a6 6 0 0 0 12 0 M12 17v4",
  link: "M3 9c6-5 12-5 18 0 M6.5 13c3.5-3 7.5-3 11 0 M10 17c1.5-1 2.5-1 4 0",
} as const;
export type IconName = keyof typeof shapes;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={shapes[name]} />
    </svg>
  );
}
