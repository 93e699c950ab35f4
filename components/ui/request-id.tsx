'use client'

import { Suspense, lazy } from 'react'
import type { ComponentType } from 'react'
import { ApiError } from '@/lib/api/client/api-error'

/** It loads when something has failed; where that fails too, there is none. */
const ShownRequestId = lazy<ComponentType<{ requestId: string }>>(() =>
  import('./shown-request-id').then(
    (module) => ({ default: module.ShownRequestId }),
    () => ({ default: () => null }),
  ),
)

/** What an administrator finds a failed call by in the server's log; nothing where no server answered. */
export function RequestId({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || error.problem.requestId === '') return null
  return (
    <Suspense>
      <ShownRequestId requestId={error.problem.requestId} />
    </Suspense>
  )
}
