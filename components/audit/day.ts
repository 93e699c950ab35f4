/** A day of the reader's own time zone as the API's time: when it begins, or ends; empty for a text that is no day. */
export function dayToTime(day: string, edge: 'begins' | 'ends'): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day)
  if (match === null) return ''
  const [year = 0, month = 0, date = 0] = match.slice(1).map(Number)
  const time = new Date(year, month - 1, date + (edge === 'ends' ? 1 : 0))
  return Number.isNaN(time.getTime()) ? '' : time.toISOString()
}
