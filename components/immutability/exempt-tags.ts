/** The patterns of a text that separates them with spaces: a text, so that two lists can be compared. */
export function exemptTagsOf(text: string): string[] {
  return text.split(' ').filter((pattern) => pattern !== '')
}
