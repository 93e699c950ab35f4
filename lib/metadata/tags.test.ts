import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '@/lib/domain/errors'
import {
  type TagPrecondition,
  immutabilityModes,
  isAppendOnly,
  isExempt,
  isProtected,
  judgeMove,
  meetsPrecondition,
} from '@/lib/domain/immutability'
import { parseManifest } from '@/lib/domain/manifest'
import { clockToleranceMs } from '@/lib/domain/openings'
import { parseTag } from '@/lib/domain/reference'
import { openTestDatabase } from '@/lib/testing/test-database'
import { sweep } from '@/scripts/lib/sweep.mjs'
import type { Database, SqlTransaction } from './engine/database'
import { insertManifest } from './manifests'
import { closeOpening, insertOpening } from './openings'
import { type RepositoryForTraffic, lockRepository } from './repositories'
import { findTag, moveTag } from './tags'
import { findReservation, reserveTagName } from './tombstones'

/*
 * The rule stands twice: `judgeMove`, which people read and which previews ask, and the statement of `moveTag`, which
 * decides. Here both get the same generated cases, and must agree.
 */

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`

interface TestManifest {
  readonly mediaType: string
  readonly artifactType?: string
  readonly subject?: object
  readonly config?: { readonly mediaType: string }
  readonly layers?: readonly object[]
  readonly manifests?: readonly object[]
}

const imageType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'

function image(layers: readonly object[], fields: object = {}, config = 'application/x.config'): TestManifest {
  const digest = digestOf(String(layers.length))
  return { mediaType: imageType, config: { mediaType: config, digest, size: 2 } as never, layers, ...fields }
}

function index(children: readonly object[], fields: object = {}): TestManifest {
  return { mediaType: indexType, manifests: children, ...fields }
}

const a = { mediaType: 'application/x.layer', digest: digestOf('a'), size: 1 }
const b = { ...a, digest: digestOf('b') }
const signedA = { ...a, annotations: { signature: 'one', bundle: '' } }
const signedTwice = { ...a, annotations: { signature: 'two' } }

/** Many differ from another only in what a move must keep. */
const manifests: readonly TestManifest[] = [
  image([]),
  image([], {}, 'application/x.other'),
  image([a]),
  image([a], {}, 'application/x.other'),
  image([a], { artifactType: 'application/x.artifact' }),
  image([a], { subject: b }),
  image([a], { subject: a }),
  image([a], { mediaType: 'application/vnd.docker.distribution.manifest.v2+json' }),
  image([b, a]),
  image([{ size: 1, annotations: {}, digest: a.digest, mediaType: a.mediaType }, b]),
  image([{ ...a, size: 2 }, b]),
  image([{ ...a, mediaType: 'application/x.other' }, b]),
  image([{ ...a, urls: ['https://example.com'] }, b]),
  image([signedA]),
  image([signedTwice, signedA]),
  image([{ ...a, annotations: { bundle: '', signature: 'one' } }, signedA, b]),
  image([signedTwice, signedA, a]),
  image([signedTwice, signedTwice, signedA, signedA, a]),
  index([]),
  index([], { artifactType: 'application/x.artifact' }),
  index([a]),
  index([a, b]),
  index([{ ...a, platform: { os: 'linux', architecture: 'amd64' } }, b]),
]

/** Digests of the manifests: the first ends with 00. */
const manifestOf = new Map(
  manifests.map((manifest, at) => [`sha256:${'0'.repeat(62)}${String(at).padStart(2, '0')}`, manifest]),
)

const digests = [...manifestOf.keys()]
const signed = `sha256-${'0'.repeat(64)}`

const anyDigest = fc.constantFrom(...digests)
const appendOnlyTag = fc.constantFrom(signed, `${signed}.sig`, `${signed}.att`, `${signed}.sbom`)
const anyTag = fc.oneof(
  fc.constantFrom('latest', 'Latest', 'LATEST', 'latest1', 'v1', 'V1', '_', 'a.b-c_d'),
  { weight: 4, arbitrary: appendOnlyTag },
  fc.constantFrom(`${signed}.sig2`, signed.slice(0, -1), signed.toUpperCase()),
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
const anyPattern = fc.oneof(
  { weight: 4, arbitrary: fc.constant('latest') },
  fc.constantFrom('*', 'v*', '?1', 'L*', 'latest?', '*.sig', 'sha256-*', 'a.?-c_d', '*_*', '*.*-*'),
  fc.stringMatching(/^[A-Za-z0-9._*?-]{1,12}$/),
)
const now = new Date('2026-11-28T12:00:00Z')
const later = (ms: number) => new Date(now.getTime() + ms)
/** Openings as stored, and whether the tag is open now. */
const anyOpening = fc.constantFrom(
  ...[
    { closesAt: later(1), seenAt: later(0), isOpen: true },
    { closesAt: later(60_000), seenAt: later(-60_000), isOpen: true },
    { closesAt: later(60_000), seenAt: later(clockToleranceMs), isOpen: true },
    { closesAt: later(0), seenAt: later(-1000), isOpen: false },
    { closesAt: later(60_000), seenAt: later(60_000), isOpen: false },
    { closesAt: later(60_000), seenAt: later(clockToleranceMs + 1), isOpen: false },
    { closesAt: later(60_000), seenAt: later(0), closedAt: later(-1), isOpen: false },
  ],
  { closesAt: later(60_000), seenAt: later(0), tag: 'another', isOpen: false },
)
const anyCase = fc.record({
  immutabilityMode: fc.constantFrom(...immutabilityModes, 'enforce' as const),
  exemptTags: fc.array(anyPattern, { maxLength: 4 }),
  tag: anyTag,
  current: fc.option(anyDigest),
  reservation: fc.option(fc.record({ digest: anyDigest, isOfFormerRepository: fc.boolean() })),
  next: anyDigest,
  precondition: anyPrecondition,
  opening: fc.option(anyOpening, { freq: 3 }),
})

type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never

/**
 * In each transaction; 3,000 in all, 10,000 with SWEEP=full. Few transactions, because on PostgreSQL each costs as much
 * as its cases.
 */
const casesInOne = 200
const transactions = sweep(15, 50)
const casesInAll = casesInOne * transactions

const repositoryId = 'crr-one'
let db: Database
let close: () => Promise<void>

beforeAll(async () => {
  ;({ db, close } = await openTestDatabase())
  const instance = { id: 'cri-1', name: 'one', regionId: 'cn-hangzhou', specification: 'Enterprise_Basic' } as const
  await db.prisma.instance.create({ data: { ...instance, isDefault: true } })
  const defaults = {
    autoCreateRepository: true,
    defaultRepositoryType: 'PRIVATE',
  } as const
  await db.prisma.namespace.create({ data: { id: 'crn-1', instanceId: 'cri-1', name: 'test', ...defaults } })
  const scope = { instanceId: 'cri-1', namespaceId: 'crn-1', name: 'one', path: 'test/one' }
  const settings = { type: 'PRIVATE', summary: '', description: '', updatedBy: 'admin' } as const
  await db.prisma.repository.create({ data: { id: repositoryId, ...scope, ...settings } })
  await db.sqlTransaction(async (tx) => {
    for (const [digest, manifest] of manifestOf) {
      const content = Buffer.from(JSON.stringify({ schemaVersion: 2, ...manifest }))
      const { mediaType, artifactType, subjectDigest, references } = parseManifest(content, undefined)
      await insertManifest(tx, repositoryId, {
        ...{ digest, mediaType, artifactType, subjectDigest, references, content },
        sizeBytes: content.length,
        annotations: {},
        totalSizeBytes: 2n,
        platforms: [],
        pushedBy: 'admin',
        now: new Date(),
      })
    }
  })
})
afterAll(() => close())

function isAppended(former: string | null, next: string): boolean {
  const [from, to] = [manifestOf.get(former ?? ''), manifestOf.get(next)]
  if (from === undefined || to === undefined) return false
  const whole = ({ mediaType, artifactType, subject, config }: TestManifest) => [
    mediaType,
    artifactType,
    subject,
    config?.mediaType,
  ]
  if (!isDeepStrictEqual(whole(from), whole(to))) return false
  return entriesOf(from).every((entry) => countOf(entry, from) <= countOf(entry, to))
}

function entriesOf({ layers = [], manifests = [] }: TestManifest): readonly object[] {
  return [...layers, ...manifests]
}

function countOf(entry: object, manifest: TestManifest): number {
  // One manifest has annotations that say nothing.
  const plain = (one: object) => ({ annotations: {}, ...one })
  return entriesOf(manifest).filter((one) => isDeepStrictEqual(plain(one), plain(entry))).length
}

/** What the rule says. */
function expected({ tag, current, reservation, next, precondition, opening, ...policy }: Case): string {
  const facts = { reservation, isAppended: isAppended(current, next), isOpened: opening?.isOpen === true }
  const verdict = judgeMove(policy, tag, current, next, facts)
  // A condition that does not hold comes before the rule.
  if (!meetsPrecondition(precondition, current)) return 'PRECONDITION_FAILED'
  if (verdict.kind === 'refused') return verdict.reason
  const unopened = judgeMove(policy, tag, current, next, { ...facts, isOpened: false })
  if (unopened.kind === 'refused') return `${verdict.effect} by an opening`
  return verdict.wouldBeRefused === undefined ? verdict.effect : `${verdict.effect} despite ${verdict.wouldBeRefused}`
}

/** What the statement does, and what is there afterwards. */
async function observed(tx: SqlTransaction, repository: RepositoryForTraffic, one: Case) {
  const { tag, next, precondition, reservation, opening } = one
  const before = await findTag(tx, repository.id, tag)
  const move = { name: parseTag(tag), digest: next, precondition, movedBy: 'admin', now }
  const outcome = await moveTag(tx, repository, move).then(
    (result) => {
      if (result.outcome === 'refused') return result.refusal.reason
      if (result.outcome === 'unchanged') return result.outcome
      if (result.opening !== undefined) return `${result.outcome} by an opening`
      if (result.wouldBeRefused === undefined) return result.outcome
      const { reason, pushedDigest, currentDigest } = result.wouldBeRefused
      const isWhole = pushedDigest === next && currentDigest === (before?.digest ?? reservation?.digest)
      return isWhole ? `${result.outcome} despite ${reason}` : 'a refusal with other digests'
    },
    (error: unknown) => (AppError.is(error) ? error.code : String(error)),
  )
  const isWritten = /^(?:created|moved)/.test(outcome)
  const [counted] = await tx.$queryRaw<{ moveCount: number }[]>`SELECT "moveCount" FROM "TagOpening"`
  const moves = outcome.endsWith('by an opening') ? 1 : 0
  if (opening !== null && counted?.moveCount !== moves) return `${outcome}, but the opening counts otherwise`
  const after = await findTag(tx, repository.id, tag)
  const pointsAt = isWritten ? next : (before?.digest ?? null)
  if ((after?.digest ?? null) !== pointsAt) return `${outcome}, but the tag points at ${after?.digest}`
  const hasEnded = isWritten && reservation !== null && !reservation.isOfFormerRepository && reservation.digest !== next
  const left = await findReservation(tx, repository, tag)
  const expectedLeft = hasEnded ? null : (reservation?.digest ?? null)
  return (left?.digest ?? null) === expectedLeft ? outcome : `${outcome}, but it is reserved for ${left?.digest}`
}

/** Stores the policy that the case has, and reads it as a push does. */
async function lockWith(tx: SqlTransaction, { immutabilityMode, exemptTags }: Case): Promise<RepositoryForTraffic> {
  await tx.$executeRaw`
    UPDATE "Repository" SET "immutabilityMode" = ${immutabilityMode}, "exemptTags" = ${exemptTags.join(' ')}
    WHERE "id" = ${repositoryId}`
  const repository = await lockRepository(tx, repositoryId)
  if (repository === null) throw new Error('no repository')
  return repository
}

/** Makes the tag and the reservation what the case says, whatever the rule would say to it. */
async function arrange(tx: SqlTransaction, free: RepositoryForTraffic, { tag, current, reservation, opening }: Case) {
  await tx.$executeRaw`DELETE FROM "TagOpening"`
  await tx.$executeRaw`DELETE FROM "Tag" WHERE "repositoryId" = ${free.id} AND "name" = ${tag}`
  await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "repositoryPath" = ${free.path} AND "tag" = ${tag}`
  if (current !== null) {
    const move = {
      name: parseTag(tag),
      digest: current,
      precondition: { kind: 'none' },
      movedBy: 'admin',
      now,
    } as const
    await moveTag(tx, { ...free, immutabilityMode: 'off' }, move)
  }
  if (opening !== null) {
    const { closesAt, seenAt, closedAt = null } = opening
    const ofTag = { id: 'opn-1', repositoryId, tag: opening.tag ?? tag, reason: 'test', openedBy: 'admin' }
    await insertOpening(tx, { ...ofTag, opensAt: seenAt, closesAt })
    if (closedAt !== null) await closeOpening(tx, ofTag.id, { at: closedAt, by: 'admin', how: 'HAND' })
  }
  if (reservation !== null) {
    const { digest, isOfFormerRepository } = reservation
    const repository = { ...free, id: isOfFormerRepository ? 'crr-former' : free.id }
    await reserveTagName(tx, repository, { name: tag, digest }, { reason: 'test', decidedBy: 'admin' })
  }
}

test(
  `the statement that moves a tag and judgeMove agree, in ${casesInAll} generated cases`,
  { timeout: 240_000 },
  async () => {
    const seen = new Map<string, number>()
    let exemptMoves = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anyCase, { minLength: casesInOne, maxLength: casesInOne }), async (cases) => {
        await db.sqlTransaction(async (tx) => {
          for (const one of cases) {
            const repository = await lockWith(tx, one)
            await arrange(tx, repository, one)
            const outcome = await observed(tx, repository, one)
            expect({ ...one, outcome }).toEqual({ ...one, outcome: expected(one) })
            const isOn = isProtected(one, one.tag)
            const kind = isOn && isAppendOnly(one.tag) ? `${outcome} of an append-only tag` : outcome
            seen.set(kind, (seen.get(kind) ?? 0) + 1)
            if (one.immutabilityMode === 'enforce' && isExempt(one, one.tag) && outcome === 'moved') exemptMoves += 1
          }
        })
      }),
      // Shrinking an array of cases would take minutes; the failure names its case.
      { numRuns: transactions, endOnFailure: true },
    )
    // Cases that never reach a branch would prove nothing of it.
    for (const outcome of ['created', 'moved', 'unchanged', 'TAG_IMMUTABLE', 'TAG_RESERVED', 'PRECONDITION_FAILED']) {
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(casesInAll / 300)
    }
    expect(exemptMoves).toBeGreaterThan(casesInAll / 300)
    for (const outcome of [
      'moved by an opening',
      'moved despite TAG_IMMUTABLE',
      'moved despite TAG_APPEND_ONLY',
      'created despite TAG_RESERVED',
    ]) {
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(casesInAll / 600)
    }
    for (const outcome of ['moved', 'moved by an opening', 'TAG_APPEND_ONLY']) {
      expect(seen.get(`${outcome} of an append-only tag`) ?? 0, outcome).toBeGreaterThan(casesInAll / 600)
    }
  },
)
