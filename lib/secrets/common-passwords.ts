/** How much a common password may be decorated in front and behind and still count as common, in characters. */
const decorationMax = 6

let loading: Promise<ReadonlySet<string>> | undefined

/**
 * Whether a password is among those that guessers try first: one of the list, in any case; one of it twice; one of it
 * with a few digits or symbols around it (`Password1234!`); or hardly more than one character over and over.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  const common = await (loading ??= load())
  const folded = password.toLowerCase()
  if (new Set(folded).size < 5) return true
  const half = folded.slice(0, folded.length / 2)
  return common.has(folded) || (half + half === folded && common.has(half)) || common.has(undecorated(folded))
}

function undecorated(password: string): string {
  const word = password.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  const start = password.indexOf(word)
  const end = password.length - start - word.length
  // Many characters around a word are a secret of their own.
  return start > decorationMax || end > decorationMax ? password : word
}

async function load(): Promise<ReadonlySet<string>> {
  // Only when somebody chooses a password: the list has 49,000 of them.
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].map((password) => password.toLowerCase()))
}
