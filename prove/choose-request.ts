import type { Policy, Request } from './checker/history'
import { contents } from './contents'
import type { Random } from './random'

/** A tag of each kind: two plain ones, the usual exempt one, one that globs find, and one of signatures. */
export const tags = ['v1', 'v2', 'latest', 'rc-1', `sha256-${'0'.repeat(64)}.sig`] as const

const exemptLists: [string[], ...string[][]] = [
  ['latest'],
  [],
  ['latest', 'rc-*'],
  ['v?'],
  ['*'],
  ['v1', 'sha256-*'],
  ['rc-1?', 'l*t'],
]

/** How often each kind of request is made, of all. */
const shares = {
  push: 30,
  'push with a condition': 6,
  'push by digest': 2,
  read: 22,
  list: 3,
  readContent: 3,
  readPolicy: 2,
  listReserved: 2,
  delete: 5,
  forceDelete: 3,
  deleteContent: 1,
  restore: 3,
  copy: 2,
  'the box': 4,
  setPolicy: 3,
  open: 4,
  close: 3,
  release: 2,
} as const

const kinds = Object.entries(shares).flatMap(([kind, share]) => Array<keyof typeof shares>(share).fill(kind as never))

/** The policy that a repository begins with. */
export function choosePolicy(random: Random): Policy {
  return { mode: chooseMode(random), exemptTags: random.pick(exemptLists) }
}

/**
 * The next request of a client. Only the client's random numbers decide, and for the closing of an opening those of the
 * repository (`openings`, their names, the last one first). `name` is for a new opening.
 */
export function chooseRequest(random: Random, openings: readonly string[], name: string): Request {
  const tag = random.pick(tags)
  const content = random.pick(contents)
  const kind = random.pick(kinds as [keyof typeof shares, ...(keyof typeof shares)[]])
  switch (kind) {
    case 'push': {
      const isOfMany = random.chance(0.25)
      const others = isOfMany ? tags.filter(() => random.chance(0.4)) : []
      return { kind: 'push', tags: [...new Set([tag, ...others])], content }
    }
    case 'push with a condition':
      return {
        kind: 'push',
        tags: [tag],
        content,
        onlyIf: random.chance(0.4) ? 'absent' : { is: random.pick(contents) },
      }
    case 'push by digest':
      return { kind: 'push', tags: [], content }
    case 'delete':
      return { kind, tag, ...(random.chance(0.3) && { onlyIf: { is: content } }) }
    case 'read':
    case 'forceDelete':
    case 'release':
      return { kind, tag }
    case 'readContent':
    case 'deleteContent':
      return { kind, content }
    case 'list':
    case 'readPolicy':
    case 'listReserved':
      return { kind }
    case 'restore':
    case 'copy':
      return { kind, tag, content }
    case 'the box':
      return { kind: 'setPolicy', mode: random.chance(0.5) ? 'enforce' : 'off' }
    case 'setPolicy':
      return {
        kind,
        ...(random.chance(0.6) && { mode: chooseMode(random) }),
        exemptTags: random.pick(exemptLists),
      }
    case 'open':
      return { kind, tag, opening: name }
    case 'close':
      return { kind, opening: openings[Math.min(random.below(3), random.below(3))] ?? 'none' }
  }
}

function chooseMode(random: Random): Policy['mode'] {
  return random.pick(['enforce', 'enforce', 'enforce', 'off', 'off', 'audit'])
}
