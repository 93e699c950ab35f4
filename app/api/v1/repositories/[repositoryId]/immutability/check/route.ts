import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { checkImmutability } from '@/lib/registry/policy/check-immutability'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.checkImmutability, async ({ ctx, principal, params, body }) => ({
    body: await checkImmutability(ctx, principal, params.repositoryId, body),
  })),
})
