/** A day is a text such as `2026-11-22`, of the reader's own time zone. */
const wholeDay = /^(\d{4})-(\d{2})-(\d{2})$/

/** What people type: the parts of a day with any of the usual signs between them, or eight digits. */
const typedDay = /^(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d\d)(\d\d))$/

/** The midnight at which a day begins; null for a text that is no day. */
export function parseDay(day: string): Date | null {
  const match = wholeDay.exec(day)
  if (match === null) return null
  const [year = 0, month = 0, date = 0] = match.slice(1).map(Number)
  const time = new Date(year, month - 1, date)
  // A date that the month does not have is one of the next month.
  const isDay = year >= 1000 && time.getFullYear() === year && time.getMonth() === month - 1 && time.getDate() === date
  return isDay ? time : null
}

/** The day of a time. */
export function formatDay(time: Date): string {
  const parts = [String(time.getFullYear()).padStart(4, '0'), time.getMonth() + 1, time.getDate()]
  return parts.map((part) => String(part).padStart(2, '0')).join('-')
}

/** The day that a person typed, with `-`, `/`, `.`, `年月日` or nothing between its parts; null for a text that is no day. */
export function readDay(typed: string): string | null {
  const match = typedDay.exec(typed.trim())
  if (match === null) return null
  const [year = '', month = '', date = ''] = (match.slice(1) as (string | undefined)[]).filter(
    (part) => part !== undefined,
  )
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
  return parseDay(day) && day
}

/** A day as the API's time: when it begins, or ends; empty for a text that is no day. */
export function dayToTime(day: string, edge: 'begins' | 'ends'): string {
  const begin = parseDay(day)
  if (begin === null) return ''
  return new Date(begin.getFullYear(), begin.getMonth(), begin.getDate() + (edge === 'ends' ? 1 : 0)).toISOString()
}
