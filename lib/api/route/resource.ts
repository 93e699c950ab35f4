import { randomUUID } from 'node:crypto'
import { AppError } from '@/lib/domain/errors'
import { emptyResponse, problemResponse } from './responses'
import type { RouteHandler } from './route'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The methods that a `route.ts` exports. */
export type ResourceHandlers = Record<(typeof methods)[number] | 'OPTIONS', RouteHandler>

/**
 * A resource's handlers for every method: the given ones, and METHOD_NOT_ALLOWED with `Allow` for the others. Next
 * would refuse those too, but with an empty body and without the header. Next answers HEAD itself by running GET.
 */
export function resource(handlers: Partial<Record<(typeof methods)[number], RouteHandler>>): ResourceHandlers {
  const allowed = methods.filter((method) => handlers[method] !== undefined)
  const allow = [...allowed, ...(handlers.GET === undefined ? [] : ['HEAD']), 'OPTIONS'].join(', ')
  const refuse: RouteHandler = () =>
    problemResponse(new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: allow } }), randomUUID())
  return {
    GET: handlers.GET ?? refuse,
    POST: handlers.POST ?? refuse,
    PUT: handlers.PUT ?? refuse,
    PATCH: handlers.PATCH ?? refuse,
    DELETE: handlers.DELETE ?? refuse,
    OPTIONS: () => emptyResponse(204, randomUUID(), { allow }),
  }
}

/** The handlers of every path without a resource: NOT_FOUND for every caller. */
export function noResource(): ResourceHandlers {
  const refuse: RouteHandler = () => problemResponse(new AppError('NOT_FOUND'), randomUUID())
  return { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse, OPTIONS: refuse }
}
