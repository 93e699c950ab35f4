'use client'

import { useTranslations } from 'next-intl'
import { Suspense, createContext, use } from 'react'
import type { ReactNode } from 'react'
import { UnreachableError } from '@/lib/api/client/api-error'
import type { PlannedRequest } from '@/lib/api/client/api'
import { Banner } from './banner'
import { useErrorText } from './use-error-text'

interface ApiCallProps {
  /** What would be sent now; null: nothing, because a field is empty or nothing was changed. */
  request: PlannedRequest | null
  /** The name of the object that the dialog is about. */
  name: string | undefined
}

/** Shows a request as a call of the API. The console's frame gives it: it knows which APIs there are. */
export const ApiCallContext = createContext<((props: ApiCallProps) => ReactNode) | null>(null)

/** What a dialog's Confirm would send, as a call of the API. */
export function ApiCall(props: ApiCallProps) {
  const t = useTranslations()
  const show = use(ApiCallContext)
  return (
    <section aria-label={t('apiCall.title')} className="api-call">
      <Suspense>{show?.(props)}</Suspense>
    </section>
  )
}

const unreached = new UnreachableError('the code that shows an API call was not loaded')

/** In place of what shows a call, when its code did not load. */
export function ApiCallNotLoaded() {
  const errorText = useErrorText()
  return (
    <Banner tone="danger" icon="failed">
      <p>{errorText(unreached)}</p>
    </Banner>
  )
}
