import { describe, expect, test } from 'vitest'
import { type Evidence, evidence, isEvidenceOf } from '@/lib/domain/transparency/evidence'
import { readLeaf } from '@/lib/domain/transparency/leaf'
import { TagHistory, digestOf } from '@/lib/testing/tag-history'
import { TestLog } from '@/lib/testing/test-log'
import { makeEvidence, verifyEvidence } from './evidence'

/** A log with one tag that is protected, one that moves, and much else around them. */
async function example() {
  const history = new TagHistory(9)
  const repository = history.createRepository('team/shown')
  for (const tag of ['v1', 'latest', 'latest']) {
    history.push(repository, tag)
    history.run(400)
  }
  return { log: await TestLog.of(history.leaves), history, repository }
}

async function evidenceOf(log: TestLog, tag: string, served: string | null): Promise<Evidence> {
  const repository = 'team/shown'
  const leaves = log.lines
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => isEvidenceOf(readLeaf(line), { repository, tag }))
  return makeEvidence({ repository, tag, checkpoint: log.checkpoint, leaves, served, tiles: log })
}

function violationsOf(file: Evidence, log: TestLog): string[] {
  const { violations } = verifyEvidence(file, { keys: [log.key], witnesses: [] })
  return violations.map(({ leaf, text }) => (leaf === null ? text : `${leaf}: ${text}`))
}

test('says what the tag points at since when, with proofs, and fits its schema', async () => {
  const { log } = await example()
  const file = await evidenceOf(log, 'v1', digestOf(1))
  expect(evidence.parse(JSON.parse(JSON.stringify(file)))).toEqual(file)
  expect(file.leaves.map(({ index }) => index)).toEqual([0, 1, 2])
  const since = '2026-11-29T00:00:03.000Z'
  expect(file.verdict).toEqual({ digest: digestOf(1), since, leaf: 2, moves: 1, isProtected: true })
  expect(violationsOf(file, log)).toEqual([])
  const latest = await evidenceOf(log, 'latest', log.lines.map(readLeaf).findLast(isLatest)?.digest ?? '')
  expect(latest.verdict).toMatchObject({ moves: 2, isProtected: false })
  expect(violationsOf(latest, log)).toEqual([])
})

function isLatest(leaf: ReturnType<typeof readLeaf>): leaf is Extract<typeof leaf, { kind: 'moved' }> {
  return leaf.kind === 'moved' && leaf.repository === 'team/shown' && leaf.tag === 'latest'
}

test('of a tag that is not there', async () => {
  const { log, history, repository } = await example()
  history.delete(repository, 'v1')
  await log.append(history.leaves.slice(log.size))
  const file = await evidenceOf(log, 'v1', null)
  expect(file.verdict).toMatchObject({ digest: null, leaf: log.size - 1 })
  expect(violationsOf(file, log)).toEqual([])
  const never = await evidenceOf(log, 'v9', null)
  expect(never.verdict).toEqual({ digest: null, since: null, leaf: null, moves: 0, isProtected: true })
  expect(violationsOf(never, log)).toEqual([])
})

describe('is refused', () => {
  test('when the registry serves another digest: the database was changed', async () => {
    const { log } = await example()
    const file = await evidenceOf(log, 'v1', digestOf(66))
    expect(violationsOf(file, log)).toEqual([
      `team/shown:v1: the registry serves ${digestOf(66)}, but the log says ${digestOf(1)} since leaf 2 (2026-11-29T00:00:03.000Z)`,
    ])
    // A verdict that says the same does not help.
    const said = { ...file, verdict: { ...file.verdict, digest: digestOf(66) } }
    expect(violationsOf(said, log)[0]).toBe(
      `the leaves do not say what the verdict says (${digestOf(66)} since leaf 2): they say ${digestOf(1)} since leaf 2`,
    )
  })

  test('when a leaf is not in the log', async () => {
    const { log } = await example()
    const file = await evidenceOf(log, 'v1', digestOf(66))
    const leaves = file.leaves.map((one) => ({ ...one, leaf: one.leaf.replace(digestOf(1), digestOf(66)) }))
    const verdict = { ...file.verdict, digest: digestOf(66) }
    expect(violationsOf({ ...file, leaves, verdict }, log)).toEqual([
      '2: its proof does not show that it is in the log: it was changed, or never was in it',
    ])
    const moved = file.leaves.map((one) => ({ ...one, index: one.index + 1 }))
    expect(violationsOf({ ...file, leaves: moved }, log).join('\n')).toContain(
      '1: its proof does not show that it is in the log',
    )
  })

  test('when a leaf is left out, doubled, in another place, or of another tag', async () => {
    const { log } = await example()
    const file = await evidenceOf(log, 'latest', null)
    const [start, policy, created, moved] = file.leaves as [Leaf, Leaf, Leaf, Leaf]
    const withLeaves = (...leaves: Leaf[]) => violationsOf({ ...file, leaves }, log).join('\n')
    expect(withLeaves(start, policy, moved)).toContain('but no earlier leaf has this tag')
    expect(withLeaves(start, created, moved)).toContain('no leaf says that team/shown was created')
    expect(withLeaves(policy, created, moved)).toContain('the start of the log is missing: nothing was judged')
    expect(withLeaves(start, policy, created, created, moved)).toContain('leaves are out of order or doubled')
    expect(withLeaves(start, policy, moved, created)).toContain('it stands after leaf')
    const [, , other] = (await evidenceOf(log, 'v1', null)).leaves as [Leaf, Leaf, Leaf]
    expect(withLeaves(start, policy, other, created, moved)).toContain('2: it is not about this tag')
  })

  test('when a tag moved while it was immutable', async () => {
    const { log } = await example()
    const time = '2026-12-01T00:00:00.000Z'
    const of = { repository: 'team/shown', repositoryId: 'crr-1', tag: 'v1', time }
    await log.append([{ kind: 'moved', ...of, digest: digestOf(66), previousDigest: digestOf(1), id: 1_000_000 }])
    const file = await evidenceOf(log, 'v1', digestOf(66))
    expect(violationsOf(file, log)).toEqual([
      `${log.size - 1}: team/shown:v1 moved at ${time} from ${digestOf(1)} to ${digestOf(66)} while it was immutable (between leaves 2 and ${log.size - 1})`,
    ])
  })

  test('when its checkpoint is of another log', async () => {
    const { log } = await example()
    const file = await evidenceOf(log, 'v1', digestOf(1))
    expect(violationsOf(file, await TestLog.of([]))).toEqual(['the checkpoint is not signed with the key'])
  })
})

type Leaf = Evidence['leaves'][number]
