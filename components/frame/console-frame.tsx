'use client'

import { useParams, useSelectedLayoutSegment } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useEffect, useState } from 'react'
import type { ComponentProps, ReactNode } from 'react'
import type { SessionView } from '@/lib/api/schemas/sessions'
import { isRegionId } from '@/lib/domain/regions'
import type { RegionId } from '@/lib/domain/regions'
import { instancesHref, parseRepositoryPath, repositoryHref, tagHref } from '../routes'
import type { RecentPage } from '../search/recent'
import { SearchBox } from '../search/search-box'
import { themeSwitchId } from '../search/theme-switch-id'
import { ApiCallContext, ApiCallNotLoaded } from '../ui/api-call'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'
import { Mark } from '../ui/mark'
import { UserContext } from '../user-context'
import { AccountMenu } from './account-menu'
import { AccountPane } from './account-pane'
import { HelpMenu } from './help-menu'
import { LanguageSwitch } from './language-switch'
import { Pane, paneId } from './pane'
import { regionCookie, remember } from './preferences'
import type { Theme } from './preferences'
import { RegionMenu } from './region-menu'
import { ThemeSwitch } from './theme-switch'
import { useHeadingFocus } from './use-heading-focus'

const RepositoryPane = lazy(() => import('./repository-pane').then((module) => ({ default: module.RepositoryPane })))

/** Loaded when it is first asked for: for most visits, never. */
const ApiCallSection = lazy(() =>
  import('../api-call/api-call-section').then(
    (module) => ({ default: module.ApiCallSection }),
    () => ({ default: ApiCallNotLoaded }),
  ),
)

function showApiCall(props: ComponentProps<typeof ApiCallSection>) {
  return <ApiCallSection {...props} />
}

interface ConsoleFrameProps {
  user: SessionView['user']
  theme: Theme | null
  /** The region a person was in last: that of pages whose address names none. */
  lastRegion: RegionId
  children: ReactNode
}

/** Bar, panes and page. Where one is stands in the address: the frame reads it from there. */
export function ConsoleFrame({ user, theme, lastRegion, children }: ConsoleFrameProps) {
  const t = useTranslations()
  const parameters = useParams<{ region?: string; instanceId?: string; path?: string[] }>()
  const [region, setRegion] = useState(lastRegion)
  const named = parameters.region && isRegionId(parameters.region) ? parameters.region : null
  if (named !== null && named !== region) setRegion(named)
  const instanceId = parameters.instanceId ?? null
  const isAccount = useSelectedLayoutSegment() === 'account'
  const repository = parameters.path ? parseRepositoryPath(parameters.path) : null

  useEffect(() => {
    if (named !== null) remember(regionCookie, named)
  }, [named])

  const isAdministrator = user.role === 'ADMINISTRATOR'
  useHeadingFocus()

  return (
    <div className="console">
      <a className="skip" href="#main">
        {t('frame.skip')}
      </a>
      <header className="bar">
        <button
          type="button"
          className="bar-button menu-button"
          popoverTarget={paneId}
          aria-label={t('frame.openNavigation')}
        >
          <Icon name="menu" />
        </button>
        <Link className="brand" href={instancesHref(region)}>
          <Mark />
          <span>
            Stele <small>{t('frame.product')}</small>
          </span>
        </Link>
        <RegionMenu current={region} />
        <span className="spacer" />
        <SearchBox
          standpoint={{ region, instanceId, isAdministrator }}
          userId={user.id}
          visited={instanceId === null || repository === null ? null : visitedPage(region, instanceId, repository)}
        />
        <LanguageSwitch />
        <span id={themeSwitchId}>
          <ThemeSwitch initial={theme} />
        </span>
        <span className="hide-sm">
          <HelpMenu />
        </span>
        <AccountMenu userName={user.name} isAdministrator={isAdministrator} />
      </header>
      <Pane region={region} instanceId={instanceId} isAdministrator={isAdministrator} />
      {instanceId !== null && repository && (
        <Suspense fallback={<div className="subpane" />}>
          <RepositoryPane
            region={region}
            instanceId={instanceId}
            namespace={repository.namespace}
            name={repository.name}
          />
        </Suspense>
      )}
      {isAccount && <AccountPane />}
      <main className="page" id="main" tabIndex={-1}>
        <UserContext value={user}>
          <ApiCallContext value={showApiCall}>{children}</ApiCallContext>
        </UserContext>
      </main>
    </div>
  )
}

/** The repository or the tag that an address is of, to come back to. */
function visitedPage(
  region: RegionId,
  instanceId: string,
  { namespace, name, tag }: NonNullable<ReturnType<typeof parseRepositoryPath>>,
): RecentPage {
  const address = { instanceId, namespace, name }
  const path = `${namespace}/${name}`
  return tag === undefined
    ? { kind: 'repository', text: path, where: '', href: repositoryHref(region, address, 'tags') }
    : { kind: 'tag', text: tag, where: path, href: tagHref(region, address, tag) }
}
