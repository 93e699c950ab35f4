import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listMaintenanceRuns } from '@/lib/registry/maintenance/list-maintenance-runs'
import { startGarbageCollection } from '@/lib/registry/maintenance/start-garbage-collection'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listGarbageCollections, async ({ ctx, principal, query }) => ({
    body: await listMaintenanceRuns(ctx, principal, 'GARBAGE_COLLECTION', query),
  })),
  POST: route(operations.createGarbageCollection, async ({ ctx, principal, body }) => {
    const run = await startGarbageCollection(ctx, principal, body)
    return { body: run, location: `/api/v1/garbage-collections/${run.id}` }
  }),
})
