import type { ReactElement } from 'react';

/** Line icons on a 16 px grid; always beside a word or under an aria-label, so hidden from readers. */
const SHAPES = {
  search: <path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4l3.2 3.2" />,
  left: <path d="m9.5 4-4 4 4 4" />,
  right: <path d="m6.5 4 4 4-4 4" />,
  down: <path d="m4.5 6.3 3.5 3.6 3.5-3.6" />,
  clock: <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2ZM8 4.8V8l2.2 1.6" />,
  zoomOut: <path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4l3.2 3.2M5 7h4" />,
  zoomIn: <path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4l3.2 3.2M5 7h4M7 5v4" />,
  help: (
    <>
      <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2Z" />
      <path d="M6.3 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.35-.9.7-.9 1.3M8 11.2v.1" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.2" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </>
  ),
  check: <path d="m3.2 8.4 3.1 3.1 6.5-7" />,
  cross: <path d="m4 4 8 8M12 4l-8 8" />,
  warning: <path d="M8 2.4 1.9 13.2h12.2L8 2.4ZM8 6.4v3.3M8 11.4v.1" />,
  theme: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11Z" fill="currentColor" stroke="none" />
    </>
  ),
  flame: <path d="M2.5 3.5h11M2.5 6.5h8M2.5 9.5h5M2.5 12.5h3" />,
  drop: <path d="M8 2c2.6 3.2 4 5.1 4 7.1a4 4 0 0 1-8 0C4 7.1 5.4 5.2 8 2Z" />,
  table: <path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2" />,
  download: <path d="M8 2.5v8M5 7.8l3 2.9 3-2.9M3 12.8h10" />,
  external: <path d="M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5" />,
} as const satisfies Record<string, ReactElement>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SHAPES[name]}
    </svg>
  );
}
