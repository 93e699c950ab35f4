/** Prints the results as Markdown. */

/** One line. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** A table after an empty line; all columns but the first are numbers. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  print()
  for (const cells of [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]) {
    print(`| ${cells.join(' | ')} |`)
  }
}

/** A number with as many decimal places as it has meaning: three digits in all. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return ''
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3)
}

/** `met`, or `**missed**`. */
export function verdict(isMet: boolean): string {
  return isMet ? 'met' : '**missed**'
}
