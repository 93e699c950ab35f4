import { setImmediate } from 'node:timers/promises'
import type { Context } from '@/lib/context'
import type { Principal } from '@/lib/domain/principal'
import { splitRepositoryPath } from '@/lib/domain/reference'
import { listRepositoriesForSpace } from '@/lib/metadata/held-content'
import { authorize } from '@/lib/registry/authorize'
import type { CountedSpace, Space } from '@/lib/metadata/space-counts'
import { type SpaceDetails, toSpaceDetails } from './space-details'

/** How many namespaces an answer names, and how many repositories of each: the largest. */
const namespacesMax = 50
const repositoriesMax = 20

interface RepositorySpace extends Space {
  readonly id: string
  readonly name: string
}

/** The room that the repositories of a namespace take, the largest first. */
export interface NamespaceSpace {
  readonly name: string
  readonly sizeBytes: number
  readonly repositories: RepositorySpace[]
  /** How many smaller ones are not listed, and their sum. */
  readonly otherCount: number
  readonly otherBytes: number
}

/** The room that an instance takes, by namespace and repository. */
export interface InstanceSpace extends SpaceDetails {
  readonly namespaces: NamespaceSpace[]
  /** Sum of the repositories of namespaces that are not listed. */
  readonly otherBytes: number
}

/** Returns how much room an instance takes, as it was counted last. Throws NOT_FOUND, and DENIED without MANAGE on it. */
export async function getInstanceSpace(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  isFresh: boolean,
): Promise<InstanceSpace> {
  await authorize(ctx, principal, 'manage', { instanceId })
  const known = await ctx.spaceCounts.read(ctx.db, isFresh)
  const details = toSpaceDetails(known.counted?.instances.get(instanceId), known)
  if (known.counted === null) return { ...details, namespaces: [], otherBytes: 0 }
  const namespaces = await namespacesOf(ctx, instanceId, known.counted)
  const otherBytes = sum(namespaces.slice(namespacesMax))
  return { ...details, namespaces: namespaces.slice(0, namespacesMax), otherBytes }
}

async function namespacesOf(ctx: Context, instanceId: string, counted: CountedSpace): Promise<NamespaceSpace[]> {
  const byName = new Map<string, RepositorySpace[]>()
  for (let after = ''; ;) {
    const page = await listRepositoriesForSpace(ctx.db, instanceId, after)
    for (const { id, path } of page) {
      const { namespace = '', name = path } = splitRepositoryPath(path) ?? {}
      const space = counted.repositories.get(id) ?? { sizeBytes: 0, exclusiveBytes: 0 }
      const repositories = byName.get(namespace) ?? []
      repositories.push({ id, name, sizeBytes: space.sizeBytes, exclusiveBytes: space.exclusiveBytes })
      byName.set(namespace, repositories)
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.id
    await setImmediate()
  }
  return [...byName].map(([name, repositories]) => toNamespace(name, repositories)).sort(bySize)
}

function toNamespace(name: string, repositories: readonly RepositorySpace[]): NamespaceSpace {
  const sorted = [...repositories].sort(bySize)
  const others = sorted.slice(repositoriesMax)
  return {
    name,
    sizeBytes: sum(sorted),
    repositories: sorted.slice(0, repositoriesMax),
    otherCount: others.length,
    otherBytes: sum(others),
  }
}

function bySize(one: { sizeBytes: number; name: string }, other: { sizeBytes: number; name: string }): number {
  return other.sizeBytes - one.sizeBytes || (one.name < other.name ? -1 : 1)
}

function sum(spaces: readonly { sizeBytes: number }[]): number {
  return spaces.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
}
