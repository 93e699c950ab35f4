import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { restoreTag } from '@/lib/registry/tags/restore-tag'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.restoreTag, async ({ ctx, principal, params, body, expected }) =>
    versioned(await restoreTag(ctx, principal, params, body, expected)),
  ),
})
