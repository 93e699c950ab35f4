import { z } from 'zod'
import { NoteError, type VerifierKey, parseVerifierKey } from '@/lib/transparency/note'

/** A witness of the transparency logs. */
export interface WitnessSetting {
  /** What its cosignatures are verified with. */
  readonly key: VerifierKey
  /** Where `add-checkpoint` is under, without a trailing slash. */
  readonly url: string
}

/** Most witnesses: each is a label of the metrics and a line in every checkpoint. */
const witnessesMax = 16

/** Reads one `<verifier key> <URL>`. Throws an Error that says what must be changed. */
function readWitness(text: string): WitnessSetting {
  const [keyText = '', url = '', ...rest] = text.split(/\s+/)
  if (url === '' || rest.length > 0) throw new Error('each witness is <verifier key> <URL>, separated by commas')
  const key = readKey(keyText)
  if (key.type !== 'cosignature')
    throw new Error(`the key of ${key.name} is not one for cosignatures (its type must be 4)`)
  if (!/^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/.test(url) || !URL.canParse(url)) {
    throw new Error(`the address of ${key.name} must be http(s)://host[:port][/path] without a user, query or fragment`)
  }
  return { key, url: url.replace(/\/+$/, '') }
}

function readKey(text: string): VerifierKey {
  try {
    return parseVerifierKey(text)
  } catch (error) {
    if (error instanceof NoteError)
      throw new Error(`the key of ${text.split('+', 1)[0] ?? ''}: ${error.message}`, { cause: error })
    throw error
  }
}

function readWitnesses(text: string): WitnessSetting[] {
  const parts = text.split(',').map((part) => part.trim())
  const witnesses = parts.filter((part) => part !== '').map(readWitness)
  if (witnesses.length > witnessesMax) throw new Error(`there are at most ${witnessesMax} witnesses`)
  const names = witnesses.map(({ key }) => key.name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`${twice} is there twice`)
  return witnesses
}

/** `<verifier key> <URL>, …` */
export const witnessesVariable = z
  .string()
  .default('')
  .transform((text, check): readonly WitnessSetting[] => {
    try {
      return readWitnesses(text)
    } catch (error) {
      check.addIssue({ code: 'custom', message: `<verifier key> <URL>, …: ${(error as Error).message}` })
      return z.NEVER
    }
  })
