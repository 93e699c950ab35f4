import { describe, expect, test } from 'vitest'
import { explain } from './explain'
import type { History, LogLeaf, Operation, Policy, Request } from './history'

const off: Policy = { mode: 'off', exemptTags: ['latest'] }
const enforce: Policy = { mode: 'enforce', exemptTags: ['latest'] }

/** Requests one after the other, each with its answer. */
function inTurn(...all: readonly (readonly [Request, string | null])[]): Operation[] {
  return all.map(([request, answer], index) => ({ request, answer, start: 10 * index, end: 10 * index + 5 }))
}

/** The same operations, all at once. */
function atOnce(operations: readonly Operation[], start = 0, end = 1_000): Operation[] {
  return operations.map((operation) => ({ ...operation, start, end }))
}

function later(operations: readonly Operation[], by: number): Operation[] {
  return operations.map((operation) => ({ ...operation, start: operation.start + by, end: operation.end + by }))
}

const push = (content: string, ...tags: string[]): Request => ({ kind: 'push', tags, content })
const read = (tag: string): Request => ({ kind: 'read', tag })
const remove = (tag: string): Request => ({ kind: 'delete', tag })
const force = (tag: string): Request => ({ kind: 'forceDelete', tag })
const set = (mode: Policy['mode'], exemptTags?: string[]): Request => ({
  ...{ kind: 'setPolicy', mode },
  ...(exemptTags && { exemptTags }),
})
const open = (tag: string, opening: string): Request => ({ kind: 'open', tag, opening })
const close = (opening: string): Request => ({ kind: 'close', opening })
const restore = (tag: string, content: string): Request => ({ kind: 'restore', tag, content })
const copy = (tag: string, content: string): Request => ({ kind: 'copy', tag, content })
const dropContent = (content: string): Request => ({ kind: 'deleteContent', content })
const list: Request = { kind: 'list' }
const signature = `sha256-${'0'.repeat(64)}.sig`

function kindOf(operations: readonly Operation[], policy = off, leaves: History['leaves'] = null) {
  return explain({ policy, operations, leaves }).kind
}

describe('a registry that keeps the rule is explained:', () => {
  const good: Record<string, readonly [Policy, Operation[]]> = {
    'pushes, refusals and repetitions': [
      enforce,
      inTurn(
        [push('a', 'v1'), 'done'],
        [push('a', 'v1'), 'done'],
        [push('b', 'v1'), 'TAG_IMMUTABLE'],
        [push('b', 'latest'), 'done'],
        [push('a', 'latest'), 'done'],
        [read('v1'), 'a'],
        [{ kind: 'readContent', content: 'b' }, 'b'],
        [list, 'latest v1'],
      ),
    ],
    'globs, case and the empty list': [
      { mode: 'enforce', exemptTags: ['rc-?', 'n*'] },
      inTurn(
        [push('a', 'rc-1', 'rc-10', 'nightly', 'Nightly'), 'done'],
        [push('b', 'rc-1'), 'done'],
        [push('b', 'nightly'), 'done'],
        [push('b', 'rc-10'), 'TAG_IMMUTABLE'],
        [push('b', 'Nightly'), 'TAG_IMMUTABLE'],
        [set('enforce', []), 'done'],
        [push('a', 'nightly'), 'TAG_IMMUTABLE'],
        [{ kind: 'readPolicy' }, 'enforce except nothing'],
      ),
    ],
    'audit, with its warnings': [
      { mode: 'audit', exemptTags: ['latest'] },
      inTurn(
        [push('a', 'v1', 'v2', 'latest'), 'done'],
        [push('b', 'v1', 'v2', 'latest'), 'done, 2 warned'],
        [restore('v1', 'a'), 'done, 1 warned'],
        [remove('v1'), 'done'],
      ),
    ],
    'reserved names': [
      enforce,
      inTurn(
        [push('a', 'v1'), 'done'],
        [remove('v1'), 'TAG_UNDELETABLE'],
        [force('v1'), 'done'],
        [push('b', 'v1'), 'TAG_RESERVED'],
        [{ kind: 'listReserved' }, 'v1=a'],
        [push('a', 'v1'), 'done'],
        [force('v1'), 'done'],
        [{ kind: 'release', tag: 'v1' }, 'done'],
        [push('b', 'v1'), 'done'],
        [force('v1'), 'done'],
        [set('off'), 'done'],
        [push('a', 'v1'), 'done'],
        [{ kind: 'listReserved' }, ''],
      ),
    ],
    openings: [
      enforce,
      inTurn(
        [open('v1', 'one'), 'NOT_FOUND'],
        [push('a', 'v1', 'v2'), 'done'],
        [open('v1', 'one'), 'done'],
        [open('v1', 'two'), 'ALREADY_OPEN'],
        [push('b', 'v1'), 'done'],
        [push('b', 'v1', 'v2'), 'TAG_IMMUTABLE'],
        [remove('v1'), 'TAG_UNDELETABLE'],
        [close('one'), 'done'],
        [push('a', 'v1'), 'TAG_IMMUTABLE'],
        [close('one'), 'done'],
      ),
    ],
    'conditions before the rule': [
      enforce,
      inTurn(
        [{ kind: 'push', tags: ['v1'], content: 'a', onlyIf: { is: 'a' } }, 'PRECONDITION_FAILED'],
        [{ kind: 'push', tags: ['v1'], content: 'a', onlyIf: 'absent' }, 'done'],
        [{ kind: 'push', tags: ['v1'], content: 'a', onlyIf: 'absent' }, 'PRECONDITION_FAILED'],
        [{ kind: 'push', tags: ['v1'], content: 'b', onlyIf: { is: 'a' } }, 'TAG_IMMUTABLE'],
        [{ kind: 'delete', tag: 'v1', onlyIf: { is: 'b' } }, 'PRECONDITION_FAILED'],
      ),
    ],
    'signatures, which only grow': [
      enforce,
      inTurn(
        [push('a', signature), 'done'],
        [push('ab', signature), 'done'],
        [push('a', signature), 'TAG_APPEND_ONLY'],
        [push('aab', signature), 'done'],
        [push('abb', signature), 'TAG_APPEND_ONLY'],
      ),
    ],
    'restorations, copies and deletions of content': [
      off,
      inTurn(
        [push('a', 'v1', 'v2'), 'done'],
        [push('b', 'v1'), 'done'],
        [restore('v1', 'c'), 'DIGEST_NOT_IN_HISTORY'],
        [restore('v1', 'a'), 'done'],
        [copy('v3', 'b'), 'done'],
        [copy('v3', 'c'), 'MANIFEST_UNKNOWN'],
        [dropContent('a'), 'done'],
        [list, 'v3'],
        [restore('v1', 'a'), 'MANIFEST_GONE'],
        [set('enforce'), 'done'],
        [dropContent('b'), 'TAG_UNDELETABLE'],
      ),
    ],
    'first pushes at once, of which one wins': [
      enforce,
      [
        ...atOnce(
          inTurn([push('a', 'v1'), 'TAG_IMMUTABLE'], [push('b', 'v1'), 'done'], [push('c', 'v1'), 'TAG_IMMUTABLE']),
        ),
        ...later(inTurn([read('v1'), 'b']), 2_000),
      ],
    ],
    'what was not answered and came late': [
      off,
      inTurn([push('a', 'v1'), null], [read('v1'), 'none'], [push('b', 'v1'), 'done'], [read('v1'), 'a']),
    ],
    'what was not answered and never came': [off, inTurn([push('a', 'v1'), null], [read('v1'), 'none'])],
  }
  test.each(Object.entries(good))('%s', (_, [policy, operations]) =>
    expect(kindOf(operations, policy)).toBe('explained'),
  )
})

describe('what breaks the rule is found:', () => {
  const broken: Record<string, readonly [Policy, Operation[]]> = {
    'a tag that moved while it was immutable': [enforce, inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), 'done'])],
    'a tag that moved after the policy was acknowledged': [
      off,
      inTurn([push('a', 'v1'), 'done'], [set('enforce'), 'done'], [push('b', 'v1'), 'done']),
    ],
    'a push that read the policy before a change and landed after it': [
      off,
      [
        ...inTurn([push('a', 'v1'), 'done'], [set('enforce'), 'done'], [read('v1'), 'a']),
        ...atOnce(inTurn([push('b', 'v1'), 'done']), 6, 100),
      ],
    ],
    'two winners of first pushes at once': [
      enforce,
      atOnce(inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), 'done'])),
    ],
    'a policy that was undone': [
      off,
      inTurn([set('enforce'), 'done'], [push('a', 'v1'), 'done'], [{ kind: 'readPolicy' }, 'off except latest']),
    ],
    'an exempt tag that was taken for another': [
      enforce,
      inTurn([push('a', 'Latest'), 'done'], [push('b', 'Latest'), 'done']),
    ],
    'a refusal of what is allowed': [off, inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), 'TAG_IMMUTABLE'])],
    'a push without a warning': [
      { mode: 'audit', exemptTags: [] },
      inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), 'done']),
    ],
    'an acknowledged push that is lost': [off, inTurn([push('a', 'v1'), 'done'], [read('v1'), 'none'])],
    'an old read': [off, inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), 'done'], [read('v1'), 'a'])],
    'an old list': [off, inTurn([push('a', 'v1'), 'done'], [list, ''])],
    'an old read after a newer one': [
      off,
      inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), null], [read('v1'), 'b'], [read('v1'), 'a']),
    ],
    'a read of what nobody had pushed yet': [off, inTurn([read('v1'), 'a'], [push('a', 'v1'), null])],
    'half of a push of several tags': [
      enforce,
      inTurn([push('a', 'v1'), 'done'], [push('b', 'v1', 'v2'), 'TAG_IMMUTABLE'], [read('v2'), 'b']),
    ],
    'the other half, missing': [off, inTurn([push('b', 'v1', 'v2'), 'done'], [read('v2'), 'none'])],
    'half of one that was not answered': [off, inTurn([push('b', 'v1', 'v2'), null], [list, 'v1'])],
    'a manifest that a refused push left': [
      enforce,
      inTurn(
        [push('a', 'v1'), 'done'],
        [push('b', 'v1'), 'TAG_IMMUTABLE'],
        [{ kind: 'readContent', content: 'b' }, 'b'],
      ),
    ],
    'a deletion of an immutable tag': [enforce, inTurn([push('a', 'v1'), 'done'], [remove('v1'), 'done'])],
    'a deletion of its manifest': [enforce, inTurn([push('a', 'v1'), 'done'], [dropContent('a'), 'done'])],
    'a reserved name with another content': [
      enforce,
      inTurn([push('a', 'v1'), 'done'], [force('v1'), 'done'], [push('b', 'v1'), 'done']),
    ],
    'a name that was reserved though nothing protected it': [
      off,
      inTurn(
        [push('a', 'v1'), 'done'],
        [force('v1'), 'done'],
        [set('enforce'), 'done'],
        [push('b', 'v1'), 'TAG_RESERVED'],
      ),
    ],
    'an opening that was used after it was closed': [
      enforce,
      inTurn(
        ...([
          [push('a', 'v1'), 'done'],
          [open('v1', 'one'), 'done'],
          [close('one'), 'done'],
          [push('b', 'v1'), 'done'],
        ] as const),
      ),
    ],
    'an opening that opened another tag': [
      enforce,
      inTurn([push('a', 'v1', 'v2'), 'done'], [open('v1', 'one'), 'done'], [push('b', 'v2'), 'done']),
    ],
    'an opening that lets a tag be deleted': [
      enforce,
      inTurn([push('a', 'v1'), 'done'], [open('v1', 'one'), 'done'], [remove('v1'), 'done']),
    ],
    'a restoration to what the tag never had': [
      off,
      inTurn([push('a', 'v1'), 'done'], [push('b', 'v2'), 'done'], [restore('v1', 'b'), 'done']),
    ],
    'a restoration of an immutable tag': [
      off,
      inTurn(
        [push('a', 'v1'), 'done'],
        [push('b', 'v1'), 'done'],
        [set('enforce'), 'done'],
        [restore('v1', 'a'), 'done'],
      ),
    ],
    'a copy over an immutable tag': [
      enforce,
      inTurn([push('a', 'v1'), 'done'], [push('b'), 'done'], [copy('v1', 'b'), 'done']),
    ],
    'a signature that was dropped': [enforce, inTurn([push('ab', signature), 'done'], [push('a', signature), 'done'])],
    'a condition that was not looked at': [
      off,
      inTurn([push('a', 'v1'), 'done'], [{ kind: 'push', tags: ['v1'], content: 'b', onlyIf: 'absent' }, 'done']),
    ],
  }
  test.each(Object.entries(broken))('%s', (_, [policy, operations]) =>
    expect(kindOf(operations, policy)).toBe('unexplained'),
  )
})

describe('the log', () => {
  const operations = [
    ...inTurn([push('a', 'v1'), 'done'], [set('enforce'), 'done'], [push('b', 'v1'), 'TAG_IMMUTABLE']),
    ...later(inTurn([open('v1', 'one'), 'done'], [push('b', 'v1'), 'done'], [push('c', 'v1', 'v2'), null]), 100),
  ]
  const leaves: LogLeaf[] = [
    { tag: 'v1', text: 'created a' },
    { tag: null, text: 'enforce except latest, before: off except latest' },
    { tag: 'v1', text: 'opened a' },
    { tag: 'v1', text: 'moved a to b' },
  ]
  const [created, policy, opened, moved] = leaves as [LogLeaf, LogLeaf, LogLeaf, LogLeaf]
  const late: LogLeaf[] = [
    { tag: 'v2', text: 'created c' },
    { tag: 'v1', text: 'moved b to c' },
  ]

  test('may tell this story', () => expect(kindOf(operations, off, leaves)).toBe('explained'))
  test('may tell of what was not answered, tag by tag', () =>
    expect(kindOf(operations, off, [...leaves, ...late])).toBe('explained'))
  const wrong: Record<string, LogLeaf[]> = {
    'without a leaf': [created, policy, moved],
    'without its last leaf': [created, policy, opened],
    'without a change of policy': [created, opened, moved],
    'with a leaf twice': [...leaves, moved],
    'with what nobody did': [...leaves, { tag: 'v3', text: 'created a' }],
    'with another content': [created, policy, opened, { tag: 'v1', text: 'moved a to c' }],
    'with leaves of a tag in another order': [created, policy, moved, opened],
    'with a policy after what it came before': [created, opened, moved, policy],
    'with a policy before what it came after': [policy, created, opened, moved],
    'with half of a push of several tags': [...leaves, ...late.slice(0, 1)],
  }
  test.each(Object.entries(wrong))('may not tell it %s', (_, told) =>
    expect(kindOf(operations, off, told)).toBe('unexplained'),
  )
})

test('says where the best order ends', () => {
  const operations = inTurn([push('a', 'v1'), 'done'], [push('b', 'v1'), 'done'])
  expect(explain({ policy: enforce, operations, leaves: null })).toMatchObject({
    kind: 'unexplained',
    because: expect.stringContaining('from 10.0 to 15.0 ms was answered done; expected TAG_IMMUTABLE') as string,
  })
})

test('does not search for ever', () => {
  const unclear = atOnce(
    inTurn(...Array.from({ length: 40 }, (_, n) => [push('abc'[n % 3] ?? '', `v${n}`), null] as const)),
  )
  const impossible = later(inTurn([read('v1'), 'z']), 5_000)
  expect(explain({ policy: off, operations: [...unclear, ...impossible], leaves: null }, 2_000)).toEqual({
    kind: 'undecided',
    steps: 2_001,
  })
})
