import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getTagHistory } from '@/lib/registry/ledger/get-tag-history'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getTagHistory, async ({ ctx, principal, params, query }) => ({
    body: await getTagHistory(ctx, principal, params, query),
  })),
})
