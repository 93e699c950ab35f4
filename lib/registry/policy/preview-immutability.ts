import type { Principal } from '@/lib/domain/principal'
import { type PolicyRequest, requestedPolicy } from '@/lib/domain/immutability'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { requireRepository } from '@/lib/registry/repositories/repository-details'
import { type PolicyPreview, previewPolicy } from './preview-policy'

/**
 * Says what a policy would do to a repository's tags and to those who push them, before it is set: what is absent of
 * the request is as it is now. It changes nothing. Throws NOT_FOUND.
 */
export async function previewImmutability(
  ctx: Context,
  principal: Principal,
  repositoryId: string,
  request: NonNullable<PolicyRequest['immutability']>,
): Promise<PolicyPreview> {
  await authorize(ctx, principal, 'manage', { repositoryId })
  const repository = await requireRepository(ctx.db, repositoryId)
  return previewPolicy(ctx.db, repository, requestedPolicy(repository, { immutability: request }), new Date())
}
