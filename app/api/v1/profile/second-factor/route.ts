import { operations } from '@/lib/api/operations/operations'
import { resource } from '@/lib/api/route/resource'
import { route } from '@/lib/api/route/route'
import { createSecondFactor, showSecondFactor } from '@/lib/api/route/profile'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = resource({
  GET: route(operations.getSecondFactor, showSecondFactor),
  POST: route(operations.createSecondFactor, createSecondFactor),
})
