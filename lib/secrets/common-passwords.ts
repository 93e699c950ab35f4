/** How many characters may stand before or after a common password that still counts as common. */
const decorationMax = 6

let loading: Promise<ReadonlySet<string>> | undefined

/**
 * Returns whether attackers try a password first: it is in the list, in any case; twice in a row; with a few digits or
 * symbols around it (`Password1234!`); or it has fewer than five different characters.
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
  // Many characters around a word are a secret themselves.
  return start > decorationMax || end > decorationMax ? password : word
}

async function load(): Promise<ReadonlySet<string>> {
  // Loaded only when a user chooses a password: the list has 49,000 entries.
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].map((password) => password.toLowerCase()))
}
