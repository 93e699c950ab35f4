/** Whether `text` has no control character: no media type has one, and PostgreSQL stores no null character. */
export function isPlainText(text: string): boolean {
  return !/\p{Cc}/u.test(text)
}
