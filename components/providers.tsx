'use client'

import { QueryClient, QueryClientProvider, environmentManager, focusManager } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError, UnreachableError } from '@/lib/api/client/api-error'
import { onReturn } from '@/lib/api/client/attended'
import { ToastProvider } from './ui/toast'

function makeQueryClient() {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Pages are looked at for seconds: what was just read need not be read again on the way back.
        staleTime: 5_000,
        // A refusal stays a refusal; only what was not reached, or not available, is worth another try.
        retry: (failures, error) =>
          failures < 2 && (error instanceof UnreachableError || (error instanceof ApiError && error.status === 503)),
      },
      mutations: {
        // A change is tried when it is asked for, and once. By default it would wait for the connection, and be made then.
        networkMode: 'always',
        retry: false,
      },
    },
  })
}

/**
 * Reads what is shown again, where it is more than seconds old, as soon as a person is back: when the page comes into sight or
 * gets the focus, or when somebody moves the pointer or presses a key after a minute without it. What changes by itself
 * (`refetchInterval`, `useTagPoll`) is read again all the time while the page is in sight, whether somebody is there or not;
 * after that minute this is no use of the session (`isAttended`).
 */
function readAgainOnReturn() {
  focusManager.setEventListener((onFocus) => {
    const listener = () => onFocus()
    addEventListener('visibilitychange', listener)
    addEventListener('focus', listener)
    const endReturn = onReturn(listener)
    return () => {
      removeEventListener('visibilitychange', listener)
      removeEventListener('focus', listener)
      endReturn()
    }
  })
}

let browserQueryClient: QueryClient | undefined

/** One client for each rendering on the server, where requests must not share data, and one for the browser. */
function getQueryClient() {
  if (environmentManager.isServer()) return makeQueryClient()
  if (browserQueryClient === undefined) {
    browserQueryClient = makeQueryClient()
    readAgainOnReturn()
  }
  return browserQueryClient
}

/** What every page of the console stands in. */
export function Providers({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={getQueryClient()}>
      <ToastProvider>{children}</ToastProvider>
    </QueryClientProvider>
  )
}
