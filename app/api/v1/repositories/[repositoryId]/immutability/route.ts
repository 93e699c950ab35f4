import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getImmutability } from '@/lib/registry/policy/get-immutability'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getImmutability, async ({ ctx, principal, params }) =>
    versioned(await getImmutability(ctx, principal, params.repositoryId)),
  ),
})
