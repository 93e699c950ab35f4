import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { previewImmutabilityChange } from '@/lib/registry/policy/preview-immutability-change'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  POST: route(operations.previewImmutabilityChange, async ({ ctx, principal, params, body }) => ({
    body: await previewImmutabilityChange(ctx, principal, params.instanceId, body),
  })),
})
