import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getTagEvidence } from '@/lib/registry/transparency/get-tag-evidence'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getTagEvidence, async ({ ctx, principal, params }) => ({
    body: await getTagEvidence(ctx, principal, params),
  })),
})
