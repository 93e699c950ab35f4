'use client'

import { createContext, useContext } from 'react'
import type { SessionView } from '@/lib/api/schemas/sessions'

/** Who is logged on, for all that is within the console's frame. */
export const UserContext = createContext<SessionView['user'] | null>(null)

/** The id of who is logged on; null outside the console's frame. */
export function useUserId(): string | null {
  return useContext(UserContext)?.id ?? null
}

/** Whether who is logged on is an administrator: others are not shown what only administrators can do. */
export function useIsAdministrator(): boolean {
  return useContext(UserContext)?.role === 'ADMINISTRATOR'
}
