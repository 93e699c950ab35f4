import { created } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createGrant } from '@/lib/registry/grants/create-grant'
import { listGrants } from '@/lib/registry/grants/list-grants'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listGrants, async ({ ctx, principal, query }) => ({
    body: await listGrants(ctx, principal, query),
  })),
  POST: route(operations.createGrant, async ({ ctx, principal, body }) =>
    created('/grants', await createGrant(ctx, principal, body)),
  ),
})
