const PATHS = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.6-1.9L20.5 20.5",
  walkIn: "M10 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3.5 20c0-3.8 2.7-6 6.5-6 1.5 0 2.9.4 4 1M18 13.5v7M14.5 17h7",
  undo: "M8.5 5 4 9.5 8.5 14M4.5 9.5H14a5.5 5.5 0 0 1 0 11H9",
  entry: "M14 4h6v16h-6M3.5 12H15M11 8l4 4-4 4",
  exit: "M10 4H4v16h6M9 12h11.5M16.5 8l4 4-4 4",
  sound: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11",
  muted: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5m0-5-5 5",
  supervisor: "M12 3 4.5 6v5.5c0 4.5 3 7.7 7.5 9.5 4.5-1.8 7.5-5 7.5-9.5V6zM12 8.5v4m0 3v.1",
  recent: "M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.1M4 12h.1M4 18h.1",
  settings: "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.5 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  fill: "M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5",
  keys: "M3 7h18v10H3zM6.5 10.5h.1m3.5 0h.1m3.5 0h.1m3.4 0h.1M8 14h8",
  badge: "M7 8.5V4h10v4.5M7 17H4V8.5h16V17h-3M7 14h10v6H7zM16.5 11.2h.1",
  camera: "M3.5 7.5h4L9.5 5h5l2 2.5h4v11h-17zM12 16a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z",
  close: "m6 6 12 12m0-12L6 18",
  party: "M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 19c0-3.3 2.3-5.2 5.5-5.2S14 15.7 14 19M15.5 11.5a2.5 2.5 0 1 0-1-4.8M16 14.2c2.9.2 5 2 5 4.8",
} as const;

export type SignName = keyof typeof PATHS;

/** A picture that says nothing the words beside it don't say. */
export function Sign({ name }: { name: SignName }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
