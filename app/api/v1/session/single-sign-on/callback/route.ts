import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { finishSingleSignOn } from '@/lib/api/route/single-sign-on'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.finishSingleSignOn, finishSingleSignOn),
})
