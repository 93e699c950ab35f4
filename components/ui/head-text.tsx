/** The words of a column's head, in two lines at most: they break at one space only, and never at a hyphen. */
export function HeadText({ text }: { text: string }) {
  const [first, second] = inTwo(text)
  if (second === '') return <span className="whitespace-nowrap">{text}</span>
  return (
    <span>
      <span className="whitespace-nowrap">{first}</span> <span className="whitespace-nowrap">{second}</span>
    </span>
  )
}

/** A text in two parts, so that the longer one is as short as it can be; the second is empty where there is one word. */
function inTwo(text: string): readonly [first: string, second: string] {
  const words = text.split(' ')
  const parts = words.map((_, index) => [words.slice(0, index).join(' '), words.slice(index).join(' ')] as const)
  const longer = ([one, other]: readonly [string, string]) => Math.max(one.length, other.length)
  const [first, second] = parts.slice(1).reduce((best, part) => (longer(part) < longer(best) ? part : best), ['', text])
  return first === '' ? [text, ''] : [first, second]
}
