import { type Evidence, type EvidenceVerdict, isEvidenceOf } from '@/lib/domain/transparency/evidence'
import { LeafError, readLeaf } from '@/lib/domain/transparency/leaf'
import { isProtected } from '@/lib/domain/immutability'
import { type Cosignature, type SignedCheckpoint, parseCheckpoint } from './checkpoint'
import { hashLeaf } from './hashes'
import { proveInclusions, verifyInclusion } from './proofs'
import { Replay, type Violation } from './replay'
import type { TileReader } from './tree'
import { type Expectations, checkSignatures } from './verify-log'

/** What evidence is made of. */
export interface EvidenceSources {
  readonly repository: string
  readonly tag: string
  /** The signed checkpoint, with the lines of witnesses. */
  readonly checkpoint: string
  /** The lines for which `isEvidenceOf` holds, with their indexes below the checkpoint's size, in order. */
  readonly leaves: readonly { readonly index: number; readonly line: string }[]
  /** What the tag points at by the database; null: there is no such tag. */
  readonly served: string | null
  readonly tiles: TileReader
}

/** The evidence of a tag. Reads tiles only. */
export async function makeEvidence(sources: EvidenceSources): Promise<Evidence> {
  const { repository, tag, checkpoint, leaves, served, tiles } = sources
  const { size } = parseCheckpoint(checkpoint)
  const indexes = leaves.map(({ index }) => index)
  const proofs = await proveInclusions(tiles, indexes, size)
  const replay = new Replay(() => undefined)
  for (const { index, line } of leaves) replay.take(index, readLeaf(line))
  return {
    format: 'stele-evidence/v1',
    repository,
    tag,
    checkpoint,
    leaves: leaves.map(({ index, line }, at) => ({ index, leaf: line, proof: (proofs[at] ?? []).map(toBase64) })),
    served,
    verdict: verdictOf(replay, { repository, tag }),
  }
}

/** What was found in evidence. It is good when nothing was violated. */
export interface EvidenceReport {
  readonly checkpoint: SignedCheckpoint
  readonly cosignatures: readonly Cosignature[]
  readonly violations: readonly Violation[]
  readonly verdict: EvidenceVerdict
  readonly appendedMoves: number
}

/**
 * Verifies evidence: the signatures of its checkpoint, that every leaf is in the log, the rule over the leaves, and that
 * they say what the verdict says and what the registry serves. Leaves that were left out are found where a later one
 * builds on them; only the whole log shows that there are no others.
 *
 * Throws a NoteError when its checkpoint is none.
 */
export function verifyEvidence(file: Evidence, expected: Pick<Expectations, 'keys' | 'witnesses'>): EvidenceReport {
  const violations: Violation[] = []
  const report = (violation: Violation) => violations.push(violation)
  const checkpoint = parseCheckpoint(file.checkpoint)
  const cosignatures = checkSignatures(checkpoint, expected, report)
  const replay = new Replay(report)
  let last = -1
  for (const { index, leaf: line, proof } of file.leaves) {
    if (index <= last) report({ leaf: index, text: `it stands after leaf ${last}: leaves are out of order or doubled` })
    last = index
    const claim = { index, size: checkpoint.size, leafHash: hashLeaf(Buffer.from(line)), root: checkpoint.root }
    const hashes = proof.map((one) => Buffer.from(one, 'base64'))
    if (!verifyInclusion(hashes, claim)) {
      report({ leaf: index, text: 'its proof does not show that it is in the log: it was changed, or never was in it' })
    }
    takeLine(replay, file, { index, line }, report)
  }
  if (replay.startedAt === null) report({ leaf: null, text: 'the start of the log is missing: nothing was judged' })
  const verdict = verdictOf(replay, file)
  if (JSON.stringify(verdict) !== JSON.stringify(file.verdict)) {
    const said = `${describe(file.verdict.digest)} since leaf ${file.verdict.leaf ?? '–'}`
    report({
      leaf: null,
      text: `the leaves do not say what the verdict says (${said}): they say ${describe(verdict.digest)} since leaf ${verdict.leaf ?? '–'}`,
    })
  }
  if (file.served !== verdict.digest) {
    const since = verdict.leaf === null ? '' : ` since leaf ${verdict.leaf} (${verdict.since ?? ''})`
    report({
      leaf: null,
      text: `${file.repository}:${file.tag}: the registry serves ${describe(file.served)}, but the log says ${describe(verdict.digest)}${since}`,
    })
  }
  return { checkpoint, cosignatures, violations, verdict, appendedMoves: replay.appendedMoves }
}

function takeLine(
  replay: Replay,
  file: Evidence,
  { index, line }: { readonly index: number; readonly line: string },
  report: (violation: Violation) => void,
): void {
  try {
    const leaf = readLeaf(line)
    if (isEvidenceOf(leaf, file)) replay.take(index, leaf)
    else report({ leaf: index, text: 'it is not about this tag' })
  } catch (error) {
    if (!(error instanceof LeafError)) throw error
    report({ leaf: index, text: `it is not a leaf of this format: ${error.message}` })
  }
}

function verdictOf(replay: Replay, { repository, tag }: { repository: string; tag: string }): EvidenceVerdict {
  const name = replay.nameOf(repository, tag)
  const policy = replay.repositoryOf(repository)?.policy ?? null
  return {
    digest: name?.digest ?? null,
    since: name?.time ?? null,
    leaf: name?.leaf ?? null,
    moves: name?.moves ?? 0,
    isProtected: policy !== null && isProtected(policy, tag),
  }
}

function describe(digest: string | null): string {
  return digest ?? 'no such tag'
}

function toBase64(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64')
}
