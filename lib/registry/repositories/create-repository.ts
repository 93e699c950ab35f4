import type { Principal } from '@/lib/domain/principal'
import { AppError } from '@/lib/domain/errors'
import { createId } from '@/lib/domain/ids'
import { type PolicyRequest, requestedPolicy } from '@/lib/domain/immutability'
import { isRepositoryPath } from '@/lib/domain/reference'
import { insertAuditEvent } from '@/lib/metadata/audit-events'
import { findNamespaceByName } from '@/lib/metadata/namespaces'
import { type RepositorySettings, insertRepository } from '@/lib/metadata/repository-settings'
import { type Authorizing, authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { finishDeletions } from '@/lib/registry/finish-deletions'
import { policyForNew } from '@/lib/registry/namespaces/namespace-details'
import { type RepositoryDetails, describeRepository } from './repository-details'
import type { Versioned } from '@/lib/registry/versions'

/** What decides about a new repository; an absent setting is the default of its namespace or instance. */
interface NewRepository extends Pick<RepositorySettings, 'summary' | 'description'>, PolicyRequest {
  readonly namespace: string
  readonly name: string
  readonly type?: RepositorySettings['type'] | undefined
}

/** A repository that has just been created, with where its settings come from. */
interface CreatedRepository extends RepositoryDetails {
  readonly settingSources: {
    readonly type: 'request' | 'namespace'
    readonly tagImmutability: 'request' | 'namespace' | 'instance'
  }
}

/**
 * Creates a repository, with the defaults of its namespace and instance as a push would. The principal must manage its
 * namespace. Throws NOT_FOUND for the instance, BAD_REQUEST for a namespace that does not exist or that the principal
 * may not see and for a path that no push can use, DENIED for a namespace that the principal does not manage, and
 * ALREADY_EXISTS when the namespace has a repository with that name.
 */
export async function createRepository(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  input: NewRepository,
): Promise<Versioned<CreatedRepository>> {
  await authorize(ctx, principal, 'see', { instanceId })
  const saysPolicy = input.tagImmutability !== undefined || input.immutability !== undefined
  await finishDeletions(ctx, { instanceId, path: `${input.namespace}/${input.name}` })
  const row = await ctx.db.transaction(async (tx) => {
    const namespace = await findNamespaceByName(tx, instanceId, input.namespace)
    if (namespace === null) throw unknownNamespace()
    await authorizeIn({ ...ctx, db: tx }, principal, namespace.id)
    const byDefault = policyForNew(namespace)
    const settings = {
      name: input.name,
      type: input.type ?? namespace.defaultRepositoryType,
      ...requestedPolicy(byDefault, input),
      summary: input.summary,
      description: input.description,
    }
    const path = `${namespace.name}/${input.name}`
    if (!isRepositoryPath(path)) throw badField('name', 'with its namespace at most 255 characters')
    const created = await insertRepository(tx, {
      id: createId('repository'),
      instanceId,
      namespaceId: namespace.id,
      path,
      ...settings,
      immutabilitySource: saysPolicy ? 'repository' : byDefault.immutabilitySource,
      updatedBy: principal.name,
    })
    await insertAuditEvent(tx, principal, {
      action: 'CREATE',
      target: { type: 'REPOSITORY', id: created.id, name: path },
      instanceId,
      before: null,
      after: { namespace: namespace.name, ...settings },
    })
    return created
  })
  const { value, version } = await describeRepository(ctx.db, principal, row)
  const settingSources = {
    type: input.type === undefined ? 'namespace' : 'request',
    tagImmutability: row.immutabilitySource === 'repository' ? 'request' : row.immutabilitySource,
  } as const
  return { value: { ...value, settingSources }, version }
}

/** Gives the same error for a namespace that the principal may not see as for one that does not exist. */
async function authorizeIn(ctx: Authorizing, principal: Principal, namespaceId: string): Promise<void> {
  try {
    await authorize(ctx, principal, 'manage', { namespaceId })
  } catch (error) {
    throw AppError.is(error) && error.code === 'NOT_FOUND' ? unknownNamespace() : error
  }
}

function unknownNamespace(): AppError {
  return badField('namespace', 'a namespace of the instance')
}

function badField(path: string, message: string): AppError {
  return new AppError('BAD_REQUEST', { fields: [{ path, message }] })
}
