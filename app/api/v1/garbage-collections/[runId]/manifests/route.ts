import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listPlannedRemovals } from '@/lib/registry/maintenance/list-planned-removals'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listPlannedManifests, async ({ ctx, principal, params, query }) => ({
    body: await listPlannedRemovals(ctx, principal, params.runId, query),
  })),
})
