import { versioned } from '@/lib/api/route/answers'
import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { deleteGrant } from '@/lib/registry/grants/delete-grant'
import { getGrant } from '@/lib/registry/grants/get-grant'
import { updateGrant } from '@/lib/registry/grants/update-grant'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getGrant, async ({ ctx, principal, params }) =>
    versioned(await getGrant(ctx, principal, params.grantId)),
  ),
  PATCH: route(operations.updateGrant, async ({ ctx, principal, params, body, expected }) =>
    versioned(await updateGrant(ctx, principal, params.grantId, body, expected)),
  ),
  DELETE: route(operations.deleteGrant, async ({ ctx, principal, params, expected }) => {
    await deleteGrant(ctx, principal, params.grantId, expected)
    return {}
  }),
})
