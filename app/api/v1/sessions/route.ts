import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { endEverySession } from '@/lib/api/route/sessions'
import { listSessions } from '@/lib/registry/users/list-sessions'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listSessions, async ({ ctx, principal, session, query }) => ({
    body: await listSessions(ctx, principal, session?.id ?? null, query),
  })),
  DELETE: route(operations.deleteEverySession, endEverySession),
})
