/** Tells a spreadsheet that the text is UTF-8: without it, Excel reads other letters than ASCII as others. */
export const byteOrderMark = '\ufeff'

/** A line of a CSV file (RFC 4180), safe to open in a spreadsheet. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** Quotes a CSV cell. A spreadsheet would run a cell that starts like a formula, so such a cell gets a `'` in front. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
