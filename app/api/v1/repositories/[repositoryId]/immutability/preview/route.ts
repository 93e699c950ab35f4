import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { previewImmutability } from '@/lib/registry/policy/preview-immutability'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.previewImmutability, async ({ ctx, principal, params, query: { mode, exemptTag } }) => ({
    body: await previewImmutability(ctx, principal, params.repositoryId, { mode, exemptTags: exemptTag }),
  })),
})
