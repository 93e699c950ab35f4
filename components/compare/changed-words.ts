/** A text in three: what is as on the other side, what differs, and what is as on the other side again. */
export interface ChangedWords {
  start: string
  changed: string
  end: string
}

/** Marks the words of each of two texts that the other has not, between what both begin and end with. */
export function changedWords(before: string, after: string): { before: ChangedWords; after: ChangedWords } {
  const [one, other] = [wordsOf(before), wordsOf(after)]
  const shortest = Math.min(one.length, other.length)
  let first = 0
  while (first < shortest && one[first] === other[first]) first += 1
  let last = 0
  while (last < shortest - first && one.at(-1 - last) === other.at(-1 - last)) last += 1
  return { before: parts(one, first, last), after: parts(other, first, last) }
}

/** Words with the spaces and the sign of a list after them. */
function wordsOf(text: string): string[] {
  return text.split(/(?<=[\s,:])/)
}

function parts(words: readonly string[], first: number, last: number): ChangedWords {
  const end = words.length - last
  return {
    start: words.slice(0, first).join(''),
    changed: words.slice(first, end).join(''),
    end: words.slice(end).join(''),
  }
}
