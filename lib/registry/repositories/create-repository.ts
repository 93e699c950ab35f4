import type { Principal } from '@/lib/domain/principal'
import { rankAllows } from '@/lib/domain/access'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { findRank } from '@/lib/metadata/access'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { findNamespaceByName } from '@/lib/metadata/namespaces'
import { type RepositorySettings, insertRepository } from '@/lib/metadata/repository-settings'
import { viewerOf } from '@/lib/registry/access'
import type { Context } from '@/lib/context'
import { requireInstance } from '@/lib/registry/instances/instance-details'
import { type RepositoryDetails, describeRepository } from './repository-details'
import type { Versioned } from '@/lib/registry/versions'

/**
 * Makes a repository, for who manages its namespace. Throws NOT_FOUND for the instance, BAD_REQUEST for a namespace that
 * it does not have or that the principal may not know of, DENIED for one that the principal does not manage, and
 * ALREADY_EXISTS when the namespace has a repository of that name.
 */
export async function createRepository(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  input: RepositorySettings & { readonly namespace: string; readonly name: string },
): Promise<Versioned<RepositoryDetails>> {
  const row = await ctx.db.transaction(async (tx) => {
    await requireInstance(tx, instanceId)
    const { namespace: namespaceName, ...settings } = input
    const namespace = await findNamespaceByName(tx, instanceId, namespaceName)
    const rank = namespace && (await findRank(tx, viewerOf(principal), { kind: 'namespace', id: namespace.id }))
    if (namespace === null || rank === null) {
      throw new AppError('BAD_REQUEST', { fields: [{ path: 'namespace', message: 'a namespace of the instance' }] })
    }
    if (!rankAllows(rank, 'manage')) throw new AppError('DENIED')
    const path = `${namespace.name}/${input.name}`
    const created = await insertRepository(tx, {
      id: createId('repository'),
      instanceId,
      namespaceId: namespace.id,
      path,
      ...settings,
      updatedBy: principal.name,
    })
    await insertAuditEvent(tx, principal, {
      action: 'CREATE',
      target: { type: 'REPOSITORY', id: created.id, name: path },
      instanceId,
      before: null,
      after: { ...input },
    })
    return created
  })
  return describeRepository(ctx.db, principal, row)
}
