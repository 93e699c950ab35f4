import type { ReactNode } from 'react'

/**
 * The console's icons, drawn on a 16 px grid with a 1.5 px line. Each has one meaning, and each meaning one of them: the
 * test beside this file lists them.
 */
const icons = {
  access: (
    <>
      <circle cx="6" cy="5" r="2.5" />
      <path d="M1.5 13.5c0-2.5 2-4.2 4.5-4.2 1 0 1.9.2 2.6.7M11.5 8.5l2.5 1v2c0 1.4-1 2.3-2.5 3-1.5-.7-2.5-1.6-2.5-3v-2z" />
    </>
  ),
  activity: <path d="M1.5 8.5h3l2-5 3 9 2-4h3" />,
  administrator: <path d="m8 2.2 1.7 3.7 4 .5-3 2.7.8 4L8 11.1l-3.5 2 .8-4-3-2.7 4-.5z" />,
  api: (
    <path d="M6 2.5c-1.4 0-2 .7-2 2v1.6c0 1-.5 1.7-1.5 1.9 1 .2 1.5.9 1.5 1.9v1.6c0 1.3.6 2 2 2M10 2.5c1.4 0 2 .7 2 2v1.6c0 1 .5 1.7 1.5 1.9-1 .2-1.5.9-1.5 1.9v1.6c0 1.3-.6 2-2 2" />
  ),
  arrow: <path d="M2.5 8h11M9.5 4l4 4-4 4" />,
  ascending: <path d="M8 13V3M4.5 6.5 8 3l3.5 3.5" />,
  attachment: (
    <path d="M12.7 7.3 8 12a2.8 2.8 0 0 1-4-4l5.2-5.2A1.9 1.9 0 0 1 11.9 5.5L7 10.4a.95.95 0 0 1-1.4-1.4l4.2-4.2" />
  ),
  attestation: <path d="M3.5 2.5h9v11h-9zM5.7 8.3l1.6 1.6 3-3.3" />,
  audit: <path d="M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2" />,
  branch: (
    <>
      <circle cx="4" cy="4" r="1.5" />
      <circle cx="4" cy="12" r="1.5" />
      <circle cx="12" cy="5" r="1.5" />
      <path d="M4 5.5v5M12 6.5c0 3-3.5 3-6.6 4.8" />
    </>
  ),
  calendar: (
    <>
      <rect x="2.5" y="3.5" width="11" height="10" rx="1" />
      <path d="M2.5 6.8h11M5.5 2v3M10.5 2v3" />
    </>
  ),
  cards: (
    <>
      <rect x="2.5" y="2.5" width="4.5" height="4.5" />
      <rect x="9" y="2.5" width="4.5" height="4.5" />
      <rect x="2.5" y="9" width="4.5" height="4.5" />
      <rect x="9" y="9" width="4.5" height="4.5" />
    </>
  ),
  change: <path d="M2.5 9.3c1.5-3.3 3.5-3.3 5.5-1.3s4 2 5.5-1.3" />,
  check: <path d="m3.5 8.5 3 3 6-7" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.2l2 1.3" />
    </>
  ),
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  columns: (
    <>
      <rect x="2.5" y="3" width="11" height="10" />
      <path d="M6.2 3v10M9.8 3v10" />
    </>
  ),
  compare: (
    <>
      <rect x="2.5" y="3" width="4" height="10" />
      <rect x="9.5" y="3" width="4" height="10" strokeDasharray="2 1.5" />
    </>
  ),
  copied: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1" />
      <path d="M3.5 10.5h-1v-8h8v1M7.4 9.6l1.4 1.4 2.7-2.9" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1" />
      <path d="M3.5 10.5h-1v-8h8v1" />
    </>
  ),
  descending: <path d="M8 3v10M4.5 9.5 8 13l3.5-3.5" />,
  details: <path d="M3.5 2.5h6l3 3v8h-9zM9.5 2.5v3h3M6 8.5h4M6 11h4" />,
  dots: <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth="2" />,
  down: <path d="m4 6 4 4 4-4" />,
  download: <path d="M8 2.5v6.5M5 6.3 8 9l3-2.7M2.5 10v3.5h11V10" />,
  dryrun: <path d="M5 3.2v9.6L12.5 8z" strokeDasharray="2 1.6" />,
  edit: <path d="M3 13h2.5L13 5.5 10.5 3 3 10.5zM9 4.5 11.5 7" />,
  equal: <path d="M3.5 6h9M3.5 10h9" />,
  failed: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m6 6 4 4M10 6l-4 4" />
    </>
  ),
  file: <path d="M3.5 2.5h6l3 3v8h-9zM9.5 2.5v3h3" />,
  flag: <path d="M4 14V2.5M4 3h8.5l-2 2.5 2 2.5H4" />,
  free: <circle cx="8" cy="8" r="5.5" strokeDasharray="2.2 2.12" />,
  help: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M6.5 6.5a1.5 1.5 0 1 1 2.2 1.3c-.5.3-.7.6-.7 1.2M8 11.2v.1" />
    </>
  ),
  hide: (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="2" />
      <path d="m3 13 10-10" />
    </>
  ),
  image: <path d="M8 2.5 14 5.5 8 8.5 2 5.5zM2 8l6 3 6-3M2 10.5l6 3 6-3" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 7.5v3.5M8 5v.1" />
    </>
  ),
  instances: (
    <>
      <rect x="2.5" y="3" width="11" height="4" rx="1" />
      <rect x="2.5" y="9" width="11" height="4" rx="1" />
      <path d="M5 5h.1M5 11h.1" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="11" r="2.5" />
      <path d="m6.8 9.2 6.7-6.7M11 5l2 2M9 7l1.5 1.5" />
    </>
  ),
  language: <path d="M2 4h7M5.5 2.5V4M3.5 4c.5 2 2 3.6 4 4.5M7.5 4C7 6 5 8 2.5 9M8.5 13.5 11 7.5l2.5 6M9.4 11.5h3.2" />,
  left: <path d="M10 4 6 8l4 4" />,
  link: <path d="m6.2 9.8 3.6-3.6M7 5l1.7-1.7a2.7 2.7 0 0 1 4 4L11 9M9 11l-1.7 1.7a2.7 2.7 0 0 1-4-4L5 7" />,
  list: <path d="M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h5" />,
  lock: (
    <>
      <rect x="3" y="7" width="10" height="6.5" rx="1" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  logoff: <path d="M9.5 2.5h-6v11h6M6.5 8h7M11 5.5 13.5 8 11 10.5" />,
  logon: <path d="M6.5 2.5h6v11h-6M2.5 8h7M7 5.5 9.5 8 7 10.5" />,
  manage: (
    <>
      <path d="M2.5 5h5M11.5 5h2M2.5 11h2M8.5 11h5" />
      <circle cx="9.5" cy="5" r="2" />
      <circle cx="6.5" cy="11" r="2" />
    </>
  ),
  manual: (
    <path d="M8 4C6.5 3 4.5 2.7 2.5 2.8v9.4c2-.1 4 .2 5.5 1.2 1.5-1 3.5-1.3 5.5-1.2V2.8C11.5 2.7 9.5 3 8 4zM8 4v9.4" />
  ),
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  minus: <path d="M3 8h10" />,
  moon: <path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />,
  namespaces: <path d="M2.5 12.5v-9h4l1.5 2h5.5v7z" />,
  off: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M5.5 8h5" />
    </>
  ),
  ok: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m5.5 8.2 1.7 1.7 3.3-3.6" />
    </>
  ),
  overview: <path d="M2.5 13.5h11M4 11V7.5M8 11V3M12 11V5.5" />,
  password: <path d="M1.5 5h13v6h-13zM4.5 8h.1M8 8h.1M11.5 8h.1" />,
  pin: (
    <>
      <path d="M8 14s4.5-4.2 4.5-7.5a4.5 4.5 0 0 0-9 0C3.5 9.8 8 14 8 14z" />
      <circle cx="8" cy="6.5" r="1.5" />
    </>
  ),
  play: <path d="M5 3.2v9.6L12.5 8z" />,
  plus: <path d="M8 3v10M3 8h10" />,
  private: <path d="M8 2 13 4v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z" />,
  public: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M2.5 8h11M8 2.5c2 2 2 9 0 11M8 2.5c-2 2-2 9 0 11" />
    </>
  ),
  pull: <path d="M8 2.5v7.5M4.8 6.8 8 10l3.2-3.2M3 13.5h10" />,
  push: <path d="M8 10V2.5M4.8 5.7 8 2.5l3.2 3.2M3 13.5h10" />,
  recycle: <path d="M13 6A5.3 5.3 0 0 0 3.5 5M3 10a5.3 5.3 0 0 0 9.5 1M3.3 2.5V5h2.5M12.7 13.5V11h-2.5" />,
  refresh: <path d="M13 7A5.2 5.2 0 1 0 13 9.5M13.3 3.5V7H9.8" />,
  refused: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 4.2 7.6 7.6" />
    </>
  ),
  repositories: (
    <>
      <path d="M8 2 13.5 5v6L8 14l-5.5-3V5z" />
      <path d="M2.5 5 8 8l5.5-3M8 8v6" />
    </>
  ),
  reserved: <path d="M4 13.5v-7a4 4 0 0 1 8 0v7M2.5 13.5h11M6.5 7h3" />,
  restore: <path d="M3 9.5a5.2 5.2 0 1 0 0-3M2.7 3v3.5h3.5" />,
  right: <path d="m6 4 4 4-4 4" />,
  robot: (
    <>
      <rect x="3" y="5.5" width="10" height="7.5" rx="1" />
      <path d="M8 5.5v-3M6 8.5v.1M10 8.5v.1M6.5 11h3M1.5 8v2.5M14.5 8v2.5" />
    </>
  ),
  rows: (
    <>
      <rect x="2.5" y="3" width="11" height="10" />
      <path d="M2.5 6.3h11M2.5 9.6h11" />
    </>
  ),
  scan: <path d="M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M4.5 8h7" />,
  scrub: (
    <path d="M2.5 4.5c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zM2.5 4.5v7c0 1 2 1.8 4.5 2M13.5 4.5v3M8.8 11.3l1.7 1.7 3-3.3" />
  ),
  seal: (
    <>
      <circle cx="8" cy="6" r="3.5" />
      <path d="m6 9-1 4.5L8 12l3 1.5L10 9" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3 3" />
    </>
  ),
  security: <path d="M8 2 13 4v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4zM5.8 7.8l1.6 1.6 2.9-3.1" />,
  show: (
    <>
      <path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  starting: <path d="M13.5 8A5.5 5.5 0 1 1 8 2.5" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1" />
    </>
  ),
  swap: <path d="M5 3v10M2.5 10.5 5 13l2.5-2.5M11 13V3M8.5 5.5 11 3l2.5 2.5" />,
  tag: (
    <>
      <path d="M2.5 2.5h5l6 6-5 5-6-6z" />
      <path d="M5.5 5.5h.1" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor" />
    </>
  ),
  trash: <path d="M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 9h6.8l.6-9M6.8 7v4M9.2 7v4" />,
  turnon: <path d="M8 2v5.5M4.7 4.2a5.2 5.2 0 1 0 6.6 0" />,
  unlock: (
    <>
      <rect x="3" y="7" width="10" height="6.5" rx="1" />
      <path d="M5.5 7V4.5a2.5 2.5 0 0 1 4.8-1" />
    </>
  ),
  user: (
    <>
      <circle cx="8" cy="5.5" r="2.5" />
      <path d="M3 13.5c.4-2.8 2.2-4 5-4s4.6 1.2 5 4" />
    </>
  ),
  users: (
    <>
      <circle cx="6" cy="5" r="2.5" />
      <path d="M1.5 13.5c0-2.5 2-4.2 4.5-4.2s4.5 1.7 4.5 4.2M10.5 2.7a2.5 2.5 0 0 1 0 4.6M12 9.6c1.5.6 2.5 2 2.5 3.9" />
    </>
  ),
  verified: (
    <>
      <path d="M5.7 2.5h4.6l3.2 3.2v4.6l-3.2 3.2H5.7l-3.2-3.2V5.7z" />
      <path d="m5.6 8.2 1.7 1.7 3.2-3.6" />
    </>
  ),
  view: <path d="M9.5 2.5h4v4M13.5 2.5 9.3 6.7M6.5 13.5h-4v-4M2.5 13.5l4.2-4.2" />,
  warn: (
    <>
      <path d="M8 2.5 14 13H2z" />
      <path d="M8 6.5v3M8 11.2v.1" />
    </>
  ),
} as const satisfies Record<string, ReactNode>

/** The name of an icon. */
export type IconName = keyof typeof icons

/**
 * An icon in the colour of the text around it. It is decoration: the word beside it, or the label around it, speaks.
 */
export function Icon({ name, large = false }: { name: IconName; large?: boolean }) {
  return (
    <svg className={large ? 'icon icon--large' : 'icon'} viewBox="0 0 16 16" aria-hidden="true">
      {icons[name]}
    </svg>
  )
}
