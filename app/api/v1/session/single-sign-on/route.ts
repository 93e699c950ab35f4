import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { startSingleSignOn } from '@/lib/api/route/single-sign-on'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.startSingleSignOn, startSingleSignOn),
})
