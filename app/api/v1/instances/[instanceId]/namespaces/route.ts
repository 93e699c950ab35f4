import { created } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createNamespace } from '@/lib/registry/namespaces/create-namespace'
import { listNamespaces } from '@/lib/registry/namespaces/list-namespaces'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listNamespaces, async ({ ctx, principal, params, query }) => ({
    body: await listNamespaces(ctx, principal, { ...params, ...query }),
  })),
  POST: route(operations.createNamespace, async ({ ctx, principal, params, body }) =>
    created('/namespaces', await createNamespace(ctx, principal, params.instanceId, body)),
  ),
})
