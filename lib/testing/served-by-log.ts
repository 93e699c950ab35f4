import { type Leaf, writeLeaf } from '@/lib/domain/transparency/leaf'
import type { ServedEntry, ServedPolicy, ServedTag } from '@/lib/domain/transparency/served'
import { Replay } from '@/lib/transparency/replay'

/** All that a registry serves, in the order in which it says so. */
export interface ServedState {
  readonly policies: readonly ServedPolicy[]
  readonly tags: readonly ServedTag[]
  readonly ledger: readonly ServedEntry[]
}

/** What the registry serves that has done what these leaves say. */
export function servedByLog(leaves: readonly Leaf[]): ServedState {
  const replay = new Replay(() => undefined)
  for (const [index, leaf] of leaves.entries()) replay.take(index, leaf)
  const policies = [...replay.repositories()].map((repository) => {
    const { id: repositoryId = '', policy } = replay.repositoryOf(repository) ?? {}
    const { immutabilityMode: mode = 'off', exemptTags = [] } = policy ?? {}
    return { repository, repositoryId, policy: { mode, exemptTags: [...exemptTags] } }
  })
  const tags = [...replay.tags()].map(([repository, tag, { digest }]) => {
    return { repository, repositoryId: replay.repositoryOf(repository)?.id ?? '', tag, digest: digest ?? '' }
  })
  const ledger = leaves.flatMap((leaf) => ('id' in leaf ? [{ id: leaf.id, leaf: writeLeaf(leaf) }] : []))
  return { policies, tags, ledger: ledger.sort((a, b) => a.id - b.id) }
}
