import { created } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createInstance } from '@/lib/registry/instances/create-instance'
import { listInstances } from '@/lib/registry/instances/list-instances'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listInstances, async ({ ctx, principal, query, host }) => ({
    body: await listInstances(ctx, principal, query, host),
  })),
  POST: route(operations.createInstance, async ({ ctx, principal, body, host }) =>
    created('/instances', await createInstance(ctx, principal, body, host)),
  ),
})
