import { z } from 'zod'
import { action } from '@/lib/acr/action'
import { listInstances } from '@/lib/registry/instances/list-instances'

/** How many instances the caller may see. */
export const getInstanceCount = action({
  name: 'GetInstanceCount',
  input: z.object({}),
  async run({ ctx, principal, host }) {
    const { totalCount } = await listInstances(ctx, principal, { pageSize: 1 }, host)
    return { Count: totalCount }
  },
})
