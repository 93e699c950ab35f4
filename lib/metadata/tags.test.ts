import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import { type TagPrecondition, judgeMove, meetsPrecondition } from '@/lib/domain/immutability'
import { parseTag } from '@/lib/domain/reference'
import { openTestDatabase } from '@/lib/testing/test-database'
import type { Database, SqlTransaction } from './engine/database'
import { insertManifest } from './manifests'
import { type RepositoryForTraffic, lockRepository } from './repositories'
import { findTag, moveTag } from './tags'
import { reserveTagName } from './tombstones'

/*
 * The rule stands twice: `judgeMove`, which people read and which previews ask, and the statement of `moveTag`, which
 * decides. Here both get the same generated cases, and must agree.
 */

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`

/** Manifests by digest: what each names, and as what. One differs from another by its config only. */
const manifests: Record<string, { readonly child: string; readonly kind: 'LAYER' | 'MANIFEST' | 'CONFIG' }[]> = {
  [digestOf('1')]: [],
  [digestOf('2')]: [{ child: digestOf('a'), kind: 'LAYER' }],
  [digestOf('3')]: [
    { child: digestOf('a'), kind: 'LAYER' },
    { child: digestOf('b'), kind: 'LAYER' },
  ],
  [digestOf('4')]: [
    { child: digestOf('a'), kind: 'LAYER' },
    { child: digestOf('b'), kind: 'LAYER' },
    { child: digestOf('c'), kind: 'CONFIG' },
  ],
  [digestOf('5')]: [{ child: digestOf('a'), kind: 'MANIFEST' }],
  [digestOf('6')]: [
    { child: digestOf('a'), kind: 'MANIFEST' },
    { child: digestOf('b'), kind: 'LAYER' },
  ],
}

const digests = Object.keys(manifests)
const signed = `sha256-${'0'.repeat(64)}`

const anyDigest = fc.constantFrom(...digests)
const anyTag = fc.oneof(
  fc.constantFrom('latest', 'Latest', 'LATEST', 'latest1', 'v1', 'V1', '_', 'a.b-c_d'),
  fc.constantFrom(signed, `${signed}.sig`, `${signed}.att`, `${signed}.sbom`, `${signed}.sig2`, signed.slice(0, -1)),
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
)
const anyPrecondition: fc.Arbitrary<TagPrecondition> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'none' } as const) },
  fc.constant({ kind: 'absent' } as const),
  fc.constant({ kind: 'any' } as const),
  fc
    .array(fc.oneof(anyDigest, fc.constant(digestOf('f'))), { minLength: 1, maxLength: 3 })
    .map((listed) => ({ kind: 'match', digests: listed }) as const),
)
const anyCase = fc.record({
  tagImmutability: fc.boolean(),
  tag: anyTag,
  current: fc.option(anyDigest),
  reservedFor: fc.option(anyDigest),
  next: anyDigest,
  precondition: anyPrecondition,
})

type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never

/** In each transaction; 10,000 in all. Few transactions, because on PostgreSQL each costs as much as its cases. */
const casesInOne = 200
const transactions = 50

let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  const instance = { id: 'cri-1', name: 'one', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' } as const
  await db.prisma.instance.create({ data: { ...instance, isDefault: true } })
  const defaults = {
    autoCreateRepository: true,
    defaultRepositoryType: 'PRIVATE',
    defaultTagImmutability: false,
  } as const
  await db.prisma.namespace.create({ data: { id: 'crn-1', instanceId: 'cri-1', name: 'test', ...defaults } })
  for (const tagImmutability of [true, false]) {
    const name = String(tagImmutability)
    const scope = { instanceId: 'cri-1', namespaceId: 'crn-1', name, path: `test/${name}` }
    const settings = { type: 'PRIVATE', tagImmutability, summary: '', description: '', updatedBy: 'admin' } as const
    await db.prisma.repository.create({ data: { id: `crr-${name}`, ...scope, ...settings } })
    await db.sqlTransaction(async (tx) => {
      for (const [digest, references] of Object.entries(manifests)) {
        await insertManifest(tx, `crr-${name}`, {
          digest,
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          content: new Uint8Array(2),
          sizeBytes: 2,
          artifactType: null,
          subjectDigest: null,
          annotations: {},
          references: references.map(({ child, kind }) => ({ digest: child as never, kind })),
          totalSizeBytes: 2n,
          platforms: [],
          pushedBy: 'admin',
          now: new Date(),
        })
      }
    })
  }
})
afterAll(() => close())

function keepsContent(former: string | null, next: string): boolean {
  const kept = (manifests[former ?? ''] ?? []).filter(({ kind }) => kind !== 'CONFIG')
  return kept.every((one) => manifests[next]?.some(({ child, kind }) => child === one.child && kind === one.kind))
}

/** What the rule says. */
function expected({ tagImmutability, tag, current, reservedFor, next, precondition }: Case): string {
  const facts = { reservedFor, keepsContent: keepsContent(current, next) }
  const verdict = judgeMove({ tagImmutability }, tag, current, next, facts)
  // A condition that does not hold comes before the rule.
  if (!meetsPrecondition(precondition, current)) return 'PRECONDITION_FAILED'
  return verdict.kind === 'allowed' ? verdict.effect : verdict.reason
}

/** What the statement does, and what is there afterwards. */
async function observed(tx: SqlTransaction, repository: RepositoryForTraffic, { tag, next, precondition }: Case) {
  const before = await findTag(tx, repository.id, tag)
  const move = { name: parseTag(tag), digest: next, precondition, movedBy: 'admin', now: new Date() }
  const outcome = await moveTag(tx, repository, move).then(
    (result) => (result.outcome === 'refused' ? result.refusal.reason : result.outcome),
    (error: unknown) => (AppError.is(error) ? error.code : String(error)),
  )
  const after = await findTag(tx, repository.id, tag)
  const pointsAt = outcome === 'created' || outcome === 'moved' ? next : (before?.digest ?? null)
  return (after?.digest ?? null) === pointsAt ? outcome : `${outcome}, but the tag points at ${after?.digest}`
}

/** Makes the tag and the reservation what the case says, whatever the rule would say to it. */
async function arrange(tx: SqlTransaction, free: RepositoryForTraffic, { tag, current, reservedFor }: Case) {
  await tx.$executeRaw`DELETE FROM "Tag" WHERE "repositoryId" = ${free.id} AND "name" = ${tag}`
  await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "repositoryPath" = ${free.path} AND "tag" = ${tag}`
  if (current !== null) {
    const move = {
      name: parseTag(tag),
      digest: current,
      precondition: { kind: 'none' },
      movedBy: 'admin',
      now: new Date(),
    } as const
    await moveTag(tx, { ...free, tagImmutability: false }, move)
  }
  if (reservedFor !== null) {
    await reserveTagName(tx, free, { name: tag, digest: reservedFor }, { reason: 'test', decidedBy: 'admin' })
  }
}

test(
  'the statement that moves a tag and judgeMove agree, in 10,000 generated cases',
  { timeout: 120_000 },
  async () => {
    const seen = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(fc.array(anyCase, { minLength: casesInOne, maxLength: casesInOne }), async (cases) => {
        await db.sqlTransaction(async (tx) => {
          for (const one of cases) {
            const repository = await lockRepository(tx, `crr-${one.tagImmutability}`)
            if (repository === null) throw new Error('no repository')
            await arrange(tx, repository, one)
            const outcome = await observed(tx, repository, one)
            expect({ ...one, outcome }).toEqual({ ...one, outcome: expected(one) })
            seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
          }
        })
      }),
      // Shrinking an array of cases would take minutes; the failure names its case.
      { numRuns: transactions, endOnFailure: true },
    )
    // Cases that never reach a branch would prove nothing of it.
    for (const outcome of ['created', 'moved', 'unchanged', 'TAG_IMMUTABLE', 'TAG_RESERVED', 'PRECONDITION_FAILED']) {
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(100)
    }
  },
)
