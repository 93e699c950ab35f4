interface MiddleProps {
  text: string
  /** How many characters at the end are always shown. */
  tail?: number
}

/**
 * A long value that keeps both ends: where room is short, the middle gives way to an ellipsis. The whole is in its
 * title; a copy button beside it copies the whole.
 */
export function Middle({ text, tail = 12 }: MiddleProps) {
  // By code points: half of a character is no character.
  const signs = Array.from(text)
  if (signs.length <= 2 * tail) {
    return (
      <span className="mid" title={text}>
        <span>{text}</span>
      </span>
    )
  }
  const head = signs.slice(0, -tail).join('')
  return (
    <span className="mid" title={text}>
      <span>{head}</span>
      <span>{signs.slice(-tail).join('')}</span>
    </span>
  )
}
