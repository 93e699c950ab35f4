import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { listMaintenanceRuns } from '@/lib/registry/maintenance/list-maintenance-runs'
import { startScrub } from '@/lib/registry/maintenance/start-scrub'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listScrubs, async ({ ctx, principal, query }) => ({
    body: await listMaintenanceRuns(ctx, principal, 'SCRUB', query),
  })),
  POST: route(operations.createScrub, async ({ ctx, principal }) => {
    const run = await startScrub(ctx, principal)
    return { body: run, location: `/api/v1/scrubs/${run.id}` }
  }),
})
