import { createSessionBody, session } from '@/lib/api/schemas/sessions'
import type { Operation } from '../operation'

/** Logging on and off. */
export const sessionOperations = {
  getSession: {
    id: 'getSession',
    method: 'GET',
    path: '/session',
    summary: 'Who is logged on',
    permission: 'public',
    status: 200,
    response: session,
    refusals: ['UNAUTHORIZED'],
  },
  createSession: {
    id: 'createSession',
    method: 'POST',
    path: '/session',
    summary: 'Log on; the answer sets the session cookie',
    permission: 'public',
    body: createSessionBody,
    status: 201,
    response: session,
    refusals: ['UNAUTHORIZED'],
  },
  deleteSession: {
    id: 'deleteSession',
    method: 'DELETE',
    path: '/session',
    summary: 'Log off',
    permission: 'public',
    status: 204,
  },
} as const satisfies Record<string, Operation>
