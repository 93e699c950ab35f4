import { beforeEach, describe, expect, test } from 'vitest'
import { type Leaf, readLeaf, writeLeaf } from '@/lib/domain/transparency/leaf'
import type { ServedPage } from '@/lib/domain/transparency/served'
import { type ServedState, servedByLog } from '@/lib/testing/served-by-log'
import { TagHistory, digestOf } from '@/lib/testing/tag-history'
import { TestLog } from '@/lib/testing/test-log'
import type { ServedSource } from './compare-served'
import { verifyLog } from './verify-log'

/** The first part is in the log before anything is read; the second part happens while it is. */
const leaves = new TagHistory(3).run(700)
const before = 400

let log: TestLog
/** What the log gets while it waits until the log covers what was served. */
let meanwhile: readonly Leaf[]
let stalled: string | null
let waited: boolean | null

beforeEach(async () => {
  log = await TestLog.of(leaves.slice(0, before))
  meanwhile = []
  stalled = null
  waited = null
})

/** The violations of a registry that serves this, in pages of ten. */
async function compare(state: ServedState): Promise<string[]> {
  const served: ServedSource = {
    checkpointBefore: 'checkpoint',
    page(kind, after) {
      const first = Number(after ?? 0)
      const items = state[kind].slice(first, first + 10)
      const next = items.length < 10 ? null : String(first + 10)
      return Promise.resolve({ items, next } as unknown as ServedPage<typeof kind>)
    },
    async settle(mustCover) {
      waited = mustCover
      await log.append(meanwhile)
      return stalled
    },
  }
  const report = await verifyLog(log, { keys: [log.key], witnesses: [], older: [] }, served)
  expect(report.violationCount).toBe(report.violations.length)
  return report.violations.map(({ leaf, text }) => (leaf === null ? text : `leaf ${leaf}: ${text}`))
}

const stateAt = (size: number) => servedByLog(leaves.slice(0, size))

test('a registry that stands still is good, and the log is read once', async () => {
  expect(await compare(stateAt(before))).toEqual([])
  expect(waited).toBe(false)
})

test.each([401, 402, 450, 511, 513, 600, 700])(
  'what happened while it was read is explained by the leaves up to %i',
  async (size) => {
    meanwhile = leaves.slice(before, size)
    expect(await compare(stateAt(size))).toEqual([])
    expect(log.size).toBe(size)
  },
)

test('pages of different times are explained, also what was undone since', async () => {
  meanwhile = leaves.slice(before)
  for (let size = before; size <= leaves.length; size += 7) {
    log = await TestLog.of(leaves.slice(0, before), log)
    const [policies, tags, ledger] = [size, Math.min(size + 3, leaves.length), Math.min(size + 5, leaves.length)].map(
      stateAt,
    )
    if (policies === undefined || tags === undefined || ledger === undefined) throw new Error('no state')
    expect(await compare({ policies: policies.policies, tags: tags.tags, ledger: ledger.ledger })).toEqual([])
  }
})

test('leaves that change while they are read are found', async () => {
  meanwhile = leaves.slice(before, 450)
  const other = await TestLog.of([...leaves.slice(0, 300), ...leaves.slice(310, 450)], log)
  const append = log.append.bind(log)
  log.append = async (more) => {
    await append(more)
    for (const [name, bytes] of other.files) log.files.set(name, bytes)
  }
  expect((await compare(stateAt(450))).join('\n')).toContain('the leaves do not have the root of the checkpoint')
})

describe('what nothing explains is said, however much happens meanwhile', () => {
  const good = stateAt(before)
  const [tag] = good.tags
  const of = { repository: tag?.repository ?? '', repositoryId: tag?.repositoryId ?? '' }
  const name = `${of.repository}:${tag?.tag}`
  const [policy] = good.policies
  const [entry, second] = good.ledger
  const index = leaves.findIndex((leaf) => 'id' in leaf && leaf.id === entry?.id)
  const line = entry?.leaf ?? ''

  test.each<[string, ServedState, readonly RegExp[]]>([
    [
      'a tag at another digest',
      { ...good, tags: good.tags.map((one) => (one === tag ? { ...one, digest: 'sha256:x' } : one)) },
      [new RegExp(`^${name}: the registry serves sha256:x, but the log says ${tag?.digest} since leaf \\d+ \\(2026-`)],
    ],
    [
      'a tag that is gone',
      { ...good, tags: good.tags.slice(1) },
      [new RegExp(`^${name}: the registry has no such tag, but the log says ${tag?.digest} since leaf \\d+ \\(2026-`)],
    ],
    [
      'a tag of which the log knows nothing',
      { ...good, tags: [...good.tags, { ...of, tag: 'new', digest: digestOf(1) }] },
      [
        new RegExp(
          `^${of.repository}:new: the registry serves ${digestOf(1)}, but the log says that there is no such tag$`,
        ),
      ],
    ],
    [
      'another policy',
      {
        ...good,
        policies: good.policies.map((one) =>
          one === policy ? { ...one, policy: { mode: 'none', exemptTags: [] } } : one,
        ),
      },
      [/: the policy in the registry is “none”, but the log says “\w+”.* since leaf \d+ \(2026-/],
    ],
    [
      'a repository that is gone, or another one, or unknown',
      {
        ...good,
        policies: [
          ...good.policies.slice(2),
          ...good.policies.slice(1, 2).map((one) => ({ ...one, repositoryId: 'crr-x' })),
          { repository: 'a/new', repositoryId: 'crr-new', policy: { mode: 'off', exemptTags: [] } },
        ],
      },
      [
        /: in the registry this is repository crr-x, but in the log it is crr-/,
        /^a\/new: the registry has this repository, but the log does not$/,
        /: the registry has no such repository, but the log says it is there since leaf \d+ \(2026-/,
      ],
    ],
    [
      'an entry that is gone',
      { ...good, ledger: good.ledger.slice(1) },
      [new RegExp(`^leaf ${index}: entry ${entry?.id} of the ledger is gone.*; the log has \\{.*"id":${entry?.id},`)],
    ],
    [
      'the last entry that is gone',
      { ...good, ledger: good.ledger.slice(0, -1) },
      [/^leaf \d+: entry \d+ of the ledger is gone/],
    ],
    [
      'an entry that was changed',
      { ...good, ledger: [{ id: entry?.id ?? 0, leaf: line.replace('2026', '2025') }, ...good.ledger.slice(1)] },
      [
        new RegExp(
          `^leaf ${index}: entry ${entry?.id} of the ledger was changed to \\{.*2025.*; the log has \\{.*2026`,
        ),
      ],
    ],
    [
      'an entry of which no leaf can be made',
      { ...good, ledger: [{ id: entry?.id ?? 0, leaf: null }, ...good.ledger.slice(1)] },
      [new RegExp(`^leaf ${index}: entry ${entry?.id} of the ledger is gone, or was changed so that no leaf`)],
    ],
    [
      'an entry that the log does not have',
      { ...good, ledger: [...good.ledger, { id: 900_000, leaf: line }] },
      [/^entry 900000 of the ledger is not in the log: \{/],
    ],
    [
      'entries that are out of order',
      { ...good, ledger: [second, entry, ...good.ledger.slice(2)].flatMap((one) => one ?? []) },
      [/the ledger has entry/, /is gone/, /is not in the log/],
    ],
  ])('%s', async (_, state, expected) => {
    for (const more of [[], leaves.slice(before)]) {
      log = await TestLog.of(leaves.slice(0, before), log)
      // Nothing of what it is about happens.
      meanwhile = more.length === 0 ? [] : elsewhere()
      const found = await compare(state)
      for (const line of expected) expect(found).toContainEqual(expect.stringMatching(line))
      expect(found).toHaveLength(expected.length)
    }
  })

  /** A leaf about a repository of its own. */
  function elsewhere(): Leaf[] {
    const history = new TagHistory(9)
    history.createRepository('else/where')
    return history.leaves.filter((leaf) => leaf.kind === 'policy')
  }
})

test('an entry that was changed after the log took it, while all was read', async () => {
  meanwhile = leaves.slice(before, 500)
  const state = stateAt(500)
  const fresh = leaves.findIndex((leaf, at) => at >= before && 'id' in leaf)
  const leaf = leaves[fresh] as Leaf & { readonly id: number }
  const ledger = state.ledger.map((one) =>
    one.id === leaf.id ? { ...one, leaf: writeLeaf({ ...leaf, time: '2020-01-01T00:00:00.000Z' }) } : one,
  )
  expect(await compare({ ...state, ledger })).toEqual([
    expect.stringMatching(new RegExp(`^leaf ${fresh}: entry ${leaf.id} of the ledger was changed to .*2020`)),
  ])
})

test('when an opening ends may differ: the ledger does not say', async () => {
  const opened = leaves.find((leaf) => leaf.kind === 'opened')
  expect(opened).toBeDefined()
  const state = stateAt(before)
  const ledger = state.ledger.map((one) => {
    const leaf = readLeaf(one.leaf ?? '')
    return leaf.kind === 'opened' ? { ...one, leaf: writeLeaf({ ...leaf, closesAt: leaf.time }) } : one
  })
  expect(await compare({ ...state, ledger })).toEqual([])
})

test('a log that stands still is not good', async () => {
  stalled = 'event 7 cannot be read'
  expect(await compare(stateAt(before))).toEqual([
    'the log stands still, and does not have what happened since then: event 7 cannot be read',
  ])
})

test('a log whose checkpoint went back while it was read is not good', async () => {
  const { files } = await TestLog.of(leaves.slice(0, 300), log)
  const append = log.append.bind(log)
  log.append = async (more) => {
    await append(more)
    log.files.set('checkpoint', files.get('checkpoint') as Uint8Array)
  }
  expect((await compare(stateAt(405))).join('\n')).toMatch(
    /the log changed while it was read: .* 400 leaves, and is .* 300/,
  )
})
