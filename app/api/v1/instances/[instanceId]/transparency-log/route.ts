import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getTransparencyLog } from '@/lib/registry/transparency/get-transparency-log'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getTransparencyLog, async ({ ctx, principal, params, query }) => ({
    body: await getTransparencyLog(ctx, principal, { ...params, ...query }),
  })),
})
