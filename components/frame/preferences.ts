/** Cookie that holds the theme a person chose; absent while it follows the system. */
export const themeCookie = 'stele-theme'

/** Cookie that holds the region a person was in last. */
export const regionCookie = 'stele-region'

/** A theme a person may choose. */
export type Theme = 'light' | 'dark'

/** Whether `value` is a theme. */
export function isTheme(value: string | undefined): value is Theme {
  return value === 'light' || value === 'dark'
}

const yearSeconds = 365 * 24 * 60 * 60

/** Remembers a choice in this browser for a year; null forgets it. A cookie, so that the server's first answer knows. */
export function remember(cookie: string, value: string | null) {
  const age = value === null ? 0 : yearSeconds
  document.cookie = `${cookie}=${value ?? ''}; path=/; max-age=${age}; samesite=lax`
}
