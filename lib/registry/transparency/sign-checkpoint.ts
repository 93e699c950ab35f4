import { type Checkpoint, signCheckpoint as signWith } from '@/lib/transparency/checkpoint'
import type { LogSigners } from '@/lib/secrets/log-keys'

/** The checkpoint, signed with all keys; the newest one's signature is first. */
export function signCheckpoint(checkpoint: Checkpoint, { keys }: LogSigners): string {
  const [first = '', ...others] = keys.map((key) => signWith(checkpoint, key))
  return first + others.map((note) => note.slice(note.lastIndexOf('\n', note.length - 2) + 1)).join('')
}
