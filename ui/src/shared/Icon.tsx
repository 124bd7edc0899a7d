const PATHS = {
  overview: "M3 13V9m4 4V5m4 8V7m4 6V3",
  guests: "M9 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3.5 15.5c0-3 2.3-4.7 5.5-4.7s5.5 1.7 5.5 4.7",
  invitations: "M2.5 4.5h13v9h-13zM2.5 5l6.5 5 6.5-5",
  tickets: "M2.5 5h13v2.6a1.5 1.5 0 0 0 0 2.8V13h-13v-2.6a1.5 1.5 0 0 0 0-2.8zM11 5.4v7.2",
  delivery: "M15.5 2.5 2.5 7.6l5.2 2.7 2.7 5.2zM15.5 2.5 7.7 10.3",
  gates: "M3 15.5V6a6 6 0 0 1 12 0v9.5M6.5 15.5V6.8a2.5 2.5 0 0 1 5 0v8.7M2 15.5h14",
  print: "M5 7V2.5h8V7M5 13H2.5V7h13v6H13m-8-2.5h8v5H5z",
  official: "M9 2.5 3.5 4.5v4c0 3.4 2.2 5.7 5.5 7 3.3-1.3 5.5-3.6 5.5-7v-4zM6.5 8.7l1.8 1.8 3.2-3.6",
  settings: "M2.5 5.5h6m4 0h3m-13 7h3m4 0h6M10.5 7.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm-3 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  history: "M9 15.5a6.5 6.5 0 1 0-6-4M3 15v-3.5h3.5M9 5.5V9l2.5 1.7",
  events: "M3 4.5h12v10.5H3zM3 8h12M6 2.5v3m6-3v3",
  setup: "m3 15 .7-3.2 8.6-8.6a1.4 1.4 0 0 1 2 0l.5.5a1.4 1.4 0 0 1 0 2L6.2 14.3zM11 4.5 13.5 7",
  more: "M4 9h.01M9 9h.01M14 9h.01",
  search: "M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10Zm3.7-1.3 3.8 3.8",
  before: "m11 4-5 5 5 5",
  after: "m7 4 5 5-5 5",
  close: "m4.5 4.5 9 9m0-9-9 9",
  switch: "m6 7 3-3 3 3m0 4-3 3-3-3",
  tick: "m3.5 9.5 3.5 3.5 7.5-8",
  columns: "M3 3.5h12v11H3zM7 3.5v11m4-11v11",
  up: "m5 10.5 4-4 4 4",
  down: "m5 7.5 4 4 4-4",
  account: "M9 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0 6.5A7 7 0 1 0 9 2a7 7 0 0 0 0 14Zm-4.5-2c.9-1.6 2.5-2.5 4.5-2.5s3.6.9 4.5 2.5",
  pause: "M6.5 4v10m5-10v10",
  go: "M6 4v10l8-5z",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that says nothing the words beside it don't say. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 18 18" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
