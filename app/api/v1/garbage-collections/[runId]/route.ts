import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { getMaintenanceRun } from '@/lib/registry/maintenance/get-maintenance-run'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getGarbageCollection, async ({ ctx, principal, params }) => ({
    body: await getMaintenanceRun(ctx, principal, 'GARBAGE_COLLECTION', params.runId),
  })),
})
