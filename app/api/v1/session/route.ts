import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { logOff, logOn, showSession } from '@/lib/api/route/sessions'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getSession, showSession),
  POST: route(operations.createSession, logOn),
  DELETE: route(operations.deleteSession, logOff),
})
