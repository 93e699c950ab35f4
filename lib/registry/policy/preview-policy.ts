import type { ImmutabilityRule } from '@/lib/domain/immutability'
import { type EffectCounter, type PolicyEffect, countPolicyEffect } from '@/lib/domain/policy-effect'
import { beginningsOf } from '@/lib/domain/tag-patterns'
import type { SqlSource } from '@/lib/metadata/engine/database'
import type { RepositoryRow } from '@/lib/metadata/repository-settings'
import {
  type Pusher,
  type TagAndMove,
  listPushers,
  listTagPushes,
  readMovedTagPages,
  readTagMovePages,
  readWouldBeRefusals,
} from '@/lib/metadata/policy-preview'
import { countTags } from '@/lib/metadata/tag-listing'
import { eachInTurns, turns } from '@/lib/registry/give-turns'

/** A tag that moved recently. Times are UTC, ISO 8601. */
export interface RecentMove {
  readonly tag: string
  /** Its last move. */
  readonly movedAt: string
  readonly movedBy: string
  /** Everybody who moved it in this time, the most frequent first; only the newest 1,000 events of the tag count. */
  readonly pushers: Pusher[]
}

/** A tag of a pattern that frees tags. */
export interface FreedTag {
  readonly tag: string
  readonly pushedAt: string
  readonly pushedBy: string
}

/** What a policy would do to a repository now. Times are UTC, ISO 8601. */
export interface PolicyPreview extends Omit<PolicyEffect, 'freed'> {
  readonly freed: { readonly pattern: string; readonly count: number; readonly tags: FreedTag[] }[]
  /** The newest of the tags that moved recently. */
  readonly movedRecently: RecentMove[]
  /**
   * Pushes since `since` that mode `audit` took with a warning, and that concern the policy: its mode is not `off`, and
   * it does not exempt the tag.
   */
  readonly wouldHaveBeenRefusedCount: number
  /** Where "recently" begins. */
  readonly since: string
}

/** What counts as recent, in days. */
const recentDays = 30
const dayMs = 24 * 60 * 60 * 1000

/** Tags that moved recently which a preview lists. */
const listedMax = 10

/**
 * Previews a policy of one repository for a caller that is known to manage it. Its time grows with the number of tags
 * and of recorded would-be refusals; other requests run meanwhile.
 */
export async function previewPolicy(
  source: SqlSource,
  repository: Pick<RepositoryRow, 'id' | keyof ImmutabilityRule>,
  rule: ImmutabilityRule,
  now: Date,
): Promise<PolicyPreview> {
  const since = new Date(now.getTime() - recentDays * dayMs)
  const counter = countPolicyEffect(repository, rule)
  const giveTurn = turns()
  const newest = newestMoves()
  let added = 0
  const addAll = async (tags: readonly TagAndMove[]) => {
    added += tags.length
    await eachInTurns(tags, giveTurn, (tag) => {
      if (counter.add(tag.name, tag.movedAt !== null)) newest.add(tag)
    })
  }
  // All other tags are alike, but for those that moved.
  const beginnings = beginningsOf([...repository.exemptTags, ...rule.exemptTags])
  const mayMatch = (name: string) => beginnings.some((beginning) => name.startsWith(beginning))
  for await (const tags of readTagMovePages(source, repository.id, since, beginnings)) await addAll(tags)
  if (!beginnings.includes('')) {
    for await (const tags of readMovedTagPages(source, repository.id, since)) {
      await addAll(tags.filter(({ name }) => !mayMatch(name)))
    }
    counter.addUnmatched(Math.max(0, (await countTags(source, { repositoryId: repository.id })) - added))
  }
  const effect = counter.effect()
  const wouldHaveBeenRefusedCount =
    rule.immutabilityMode === 'off' ? 0 : await countWouldBeRefusals(source, repository.id, since, counter, giveTurn)
  const movedRecently = await describeMoves(source, repository.id, newest.names(), since)
  return {
    ...effect,
    freed: await describeFreed(source, repository.id, effect.freed),
    movedRecently,
    wouldHaveBeenRefusedCount,
    since: since.toISOString(),
  }
}

/** Keeps the tags that moved last. */
function newestMoves() {
  let kept: TagAndMove[] = []
  let least = ''
  return {
    add(tag: TagAndMove) {
      if (kept.length === listedMax && (tag.movedAt ?? '') <= least) return
      kept = [...kept, tag]
        .sort((one, other) => ((one.movedAt ?? '') < (other.movedAt ?? '') ? 1 : -1))
        .slice(0, listedMax)
      least = kept.at(-1)?.movedAt ?? ''
    },
    names: () => kept.map(({ name }) => name),
  }
}

async function countWouldBeRefusals(
  source: SqlSource,
  repositoryId: string,
  since: Date,
  counter: EffectCounter,
  giveTurn: () => Promise<void>,
): Promise<number> {
  let sum = 0
  for await (const part of readWouldBeRefusals(source, repositoryId, since)) {
    await eachInTurns(part, giveTurn, ({ tag, count }) => {
      if (counter.appliesTo(tag)) sum += count
    })
  }
  return sum
}

async function describeMoves(
  source: SqlSource,
  repositoryId: string,
  names: readonly string[],
  since: Date,
): Promise<RecentMove[]> {
  const pushes = await listTagPushes(source, repositoryId, names)
  const moves: RecentMove[] = []
  for (const { name, updatedAt, updatedBy } of pushes.sort((one, other) => +other.updatedAt - +one.updatedAt)) {
    const pushers = await listPushers(source, repositoryId, name, since)
    moves.push({ tag: name, movedAt: updatedAt.toISOString(), movedBy: updatedBy, pushers })
  }
  return moves
}

async function describeFreed(
  source: SqlSource,
  repositoryId: string,
  freed: PolicyEffect['freed'],
): Promise<PolicyPreview['freed']> {
  const pushes = await listTagPushes(
    source,
    repositoryId,
    freed.flatMap(({ tags }) => tags),
  )
  const pushOf = new Map(pushes.map((push) => [push.name, push]))
  return freed.map(({ pattern, count, tags }) => ({
    pattern,
    count,
    tags: tags.flatMap((tag) => {
      const push = pushOf.get(tag)
      return push === undefined ? [] : [{ tag, pushedAt: push.updatedAt.toISOString(), pushedBy: push.updatedBy }]
    }),
  }))
}
