import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { RegionId } from '@/lib/domain/regions'
import { instanceQuery } from '../queries/instances'
import {
  accessControlHref,
  accountHref,
  administrationHref,
  blockedPushesHref,
  credentialsHref,
  instanceHref,
  instancesHref,
  maintenanceHref,
  namespacesHref,
  repositoriesHref,
} from '../routes'
import type { IconName } from '../ui/icon'
import type { Option } from './options'
import { themeSwitchId } from './theme-switch-id'

/** Where the palette was opened, and for whom. */
export interface Standpoint {
  readonly region: RegionId
  /** Null outside an instance. */
  readonly instanceId: string | null
  readonly isAdministrator: boolean
}

/** A page with the words, besides its name, by which it is found. */
interface PageOption extends Option {
  readonly words: string
}

/** All pages of the console that the person may open from here, found by their name or other words for it. */
export function usePages({ region, instanceId, isAdministrator }: Standpoint): (text: string) => Option[] {
  const t = useTranslations()
  const { data } = useQuery({ ...instanceQuery(instanceId ?? ''), enabled: instanceId !== null })
  const instance = data?.data.name ?? ''
  const page = (icon: IconName, text: string, where: string, href: string, words: string): PageOption => ({
    ...{ id: `page-${href}`, icon, text, where, href, words },
  })
  const pages: PageOption[] = [
    page('instances', t('instances.title'), t('frame.console'), instancesHref(region), t('search.words.instances')),
    page('security', t('account.security'), t('account.title'), accountHref('security'), t('search.words.security')),
    page('key', t('account.accessKeys'), t('account.title'), accountHref('access-keys'), t('search.words.accessKeys')),
    {
      ...page('theme', t('search.theme'), t('frame.console'), '#theme', t('search.words.theme')),
      act: () => document.querySelector<HTMLElement>(`#${themeSwitchId} button`)?.click(),
    },
  ]
  if (isAdministrator) {
    const administration = t('frame.administration')
    const maintenance = t('maintenance.title')
    pages.push(
      page('users', t('frame.users'), administration, administrationHref('users'), t('search.words.users')),
      page('robot', t('frame.robots'), administration, administrationHref('robots'), t('search.words.robots')),
      page('audit', t('frame.audit'), administration, administrationHref('audit'), t('search.words.audit')),
      page(
        ...(['recycle', t('garbageCollection.title'), maintenance, maintenanceHref('garbage-collection')] as const),
        t('search.words.garbageCollection'),
      ),
      page('scrub', t('scrub.title'), maintenance, maintenanceHref('scrub'), t('search.words.scrub')),
    )
  }
  if (instanceId !== null) {
    const here = [region, instanceId] as const
    pages.push(
      page('overview', t('overview.title'), instance, instanceHref(...here), t('search.words.overview')),
      page('key', t('credentials.title'), instance, credentialsHref(...here), t('search.words.credentials')),
      page('namespaces', t('namespaces.title'), instance, namespacesHref(...here), t('search.words.namespaces')),
      page(
        'repositories',
        t('repositories.title'),
        instance,
        repositoriesHref(...here),
        t('search.words.repositories'),
      ),
      page('access', t('frame.accessControl'), instance, accessControlHref(...here), t('search.words.accessControl')),
    )
    if (data?.data.access === 'MANAGE') {
      pages.push(
        page(
          'refused',
          t('ledger.blockedPushes'),
          instance,
          blockedPushesHref(...here),
          t('search.words.blockedPushes'),
        ),
      )
    }
  }
  return (text) => {
    const wanted = text.toLowerCase()
    const named = pages.filter((one) => one.text.toLowerCase().includes(wanted))
    const others = pages.filter((one) => !named.includes(one) && one.words.toLowerCase().includes(wanted))
    return [...named, ...others]
  }
}
