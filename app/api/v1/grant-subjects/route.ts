import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listGrantSubjects } from '@/lib/registry/grants/list-grant-subjects'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listGrantSubjects, async ({ ctx, principal, query }) => ({
    body: await listGrantSubjects(ctx, principal, query),
  })),
})
