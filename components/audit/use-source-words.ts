import { useTranslations } from 'next-intl'
import type { AuditEventView } from '@/lib/api/schemas/audit-events'
import { readClient } from './client'

const credentials = ['session', 'password', 'single-sign-on', 'invitation', 'system'] as const

/** What an actor was authenticated with, in words; a credential with an id as that id. */
export function useCredentialText() {
  const t = useTranslations()
  return ({ actor, credential }: Pick<AuditEventView, 'actor' | 'credential'>): string => {
    if (actor.startsWith('robot+')) return t('ledger.credentials.robot')
    if (actor === 'command-line') return credential
    const known = credentials.find((one) => one === credential)
    return known === undefined ? credential : t(`audit.credentials.${known}`)
  }
}

/** The client by the name that people call it; one that is not known, by the name it gave first. */
export function useClientText() {
  const t = useTranslations()
  return (userAgent: string): string => {
    const client = readClient(userAgent)
    if (client === null) return userAgent.split(' ')[0] ?? ''
    if (client.kind === 'program') return `${client.name} ${client.version}`.trim()
    const { browser, system } = client
    return system === null ? browser : t('security.browserOn', { browser, system })
  }
}
