/** Whether `text` has no control characters. Media types have none, and PostgreSQL cannot store a null character. */
export function isPlainText(text: string): boolean {
  return !/\p{Cc}/u.test(text)
}
