import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { tagEvents } from '@/lib/api/route/tag-events'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.listRepositoryEvents, (call) => tagEvents(call, call.params, call.query)),
})
