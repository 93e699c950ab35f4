'use client'

import { useParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { PlannedRequest } from '@/lib/api/client/api'
import { curlCommand } from '../curl'
import { CodeBlock } from '../ui/code-block'
import { Tabs } from '../ui/tabs'
import { useKeptChoice } from '../ui/use-kept-choice'
import { useOrigin } from '../ui/use-origin'
import { acrCallOf } from './acr-call'
import { acrProgram } from './acr-program'

interface ApiCallSectionProps {
  /** What Confirm would send now; null: nothing, because a field is empty or nothing was changed. */
  request: PlannedRequest | null
  /** The name of the object that the dialog is about. */
  name: string | undefined
}

/** How a program does what the dialog does: a curl command line, and a call of ACR's client where ACR has one. */
export function ApiCallSection({ request, name }: ApiCallSectionProps) {
  const t = useTranslations()
  const { instanceId } = useParams<{ instanceId?: string }>()
  const [kept, keep] = useKeptChoice('api-call')
  const origin = useOrigin()
  if (request === null) return <p className="muted">{t('apiCall.incomplete')}</p>

  const call = acrCallOf(request, { instanceId, name })
  const curl = { key: 'curl', text: curlCommand(origin, request), help: t('apiCall.curlHelp') }
  const python = call && { key: 'python', text: acrProgram(origin, call), help: t('apiCall.acrHelp') }
  const tabs = [curl, ...(python ? [python] : [])]
  const chosen = tabs.find(({ key }) => key === kept) ?? curl
  return (
    <div>
      <Tabs
        label={t('apiCall.title')}
        tabs={tabs}
        chosen={chosen}
        onChoose={({ key }) => keep(key)}
        name={({ key }) => (key === 'curl' ? 'curl' : t('apiCall.acr', { action: call?.action ?? '' }))}
      >
        <CodeBlock
          label={t('apiCall.copy')}
          lines={chosen.text.split('\n').map((line) => [line])}
          isText={chosen !== curl}
        />
        <p className="muted">{chosen.help}</p>
      </Tabs>
    </div>
  )
}
