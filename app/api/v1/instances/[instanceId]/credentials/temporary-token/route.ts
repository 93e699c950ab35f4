import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createTemporaryToken } from '@/lib/registry/credentials/create-temporary-token'
import { listTemporaryTokens } from '@/lib/registry/credentials/list-temporary-tokens'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listTemporaryTokens, async ({ ctx, principal, params, query }) => ({
    body: await listTemporaryTokens(ctx, principal, { ...params, ...query }),
  })),
  POST: route(operations.createTemporaryToken, async ({ ctx, principal, params: { instanceId }, body }) => {
    const made = await createTemporaryToken(ctx, principal, instanceId, body.hours)
    return { body: made, location: `/api/v1/instances/${instanceId}/credentials/temporary-token/${made.id}` }
  }),
})
