'use client'

import { useQuery } from '@tanstack/react-query'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RegionId } from '@/lib/domain/regions'
import { instanceQuery, useInstance } from '../queries/instances'
import {
  accessControlHref,
  administrationHref,
  blockedPushesHref,
  credentialsHref,
  instanceHref,
  instancesHref,
  maintenanceHref,
  namespacesHref,
  repositoriesHref,
} from '../routes'
import { Icon } from '../ui/icon'
import type { IconName } from '../ui/icon'
import { Link } from '../ui/link'
import { Skeleton } from '../ui/states'

/** The id of the left pane, for the button that opens it as a drawer. */
export const paneId = 'navigation'

interface PaneProps {
  region: RegionId
  /** Null outside an instance. */
  instanceId: string | null
  /** Whether to show the ways that only administrators can go. */
  isAdministrator: boolean
}

/** The left pane: the way around the console, or inside one instance. It is a drawer on a narrow screen. */
export function Pane({ region, instanceId, isAdministrator }: PaneProps) {
  const t = useTranslations()
  const ref = useRef<HTMLElement>(null)
  const pathname = usePathname()
  const { error } = useQuery({ ...instanceQuery(instanceId ?? ''), enabled: instanceId !== null })
  // Of an instance that is not there, nothing leads anywhere.
  const shown = isApiError(error, 'NOT_FOUND') ? null : instanceId

  useEffect(() => {
    // The drawer leads somewhere and then steps aside.
    if (ref.current?.matches(':popover-open')) ref.current.hidePopover()
  }, [pathname])

  useEffect(() => {
    const pane = ref.current
    // Also where it leads to the page that is shown already, whose path stays the same.
    const stepAside = ({ target }: MouseEvent) => {
      if (target instanceof Element && target.closest('a') && pane?.matches(':popover-open')) pane.hidePopover()
    }
    pane?.addEventListener('click', stepAside)
    return () => pane?.removeEventListener('click', stepAside)
  }, [])

  useEffect(() => {
    const pane = ref.current
    // The names beside the rail of icons lie over the page: Escape puts them away until the next one is pointed at.
    const hideNames = ({ key }: KeyboardEvent) => key === 'Escape' && pane?.setAttribute('data-quiet', '')
    const showNames = () => pane?.removeAttribute('data-quiet')
    document.addEventListener('keydown', hideNames)
    pane?.addEventListener('focusin', showNames)
    pane?.addEventListener('pointerover', showNames)
    return () => {
      document.removeEventListener('keydown', hideNames)
      pane?.removeEventListener('focusin', showNames)
      pane?.removeEventListener('pointerover', showNames)
    }
  }, [])

  return (
    <nav
      ref={ref}
      id={paneId}
      popover="auto"
      className="pane"
      aria-label={shown === null ? t('frame.console') : t('frame.instance')}
    >
      {shown === null ? (
        <>
          <ul>
            <PaneLink icon="instances" href={instancesHref(region)}>
              {t('instances.title')}
            </PaneLink>
          </ul>
          {isAdministrator && (
            <>
              <AdministrationLinks />
              <MaintenanceLinks />
            </>
          )}
        </>
      ) : (
        <InstanceLinks region={region} instanceId={shown} />
      )}
    </nav>
  )
}

function AdministrationLinks() {
  const t = useTranslations()
  const labelId = useId()
  return (
    <>
      <p className="pane-label" id={labelId}>
        {t('frame.administration')}
      </p>
      <ul aria-labelledby={labelId}>
        <PaneLink icon="users" href={administrationHref('users')} under={[`${administrationHref('users')}/`]}>
          {t('frame.users')}
        </PaneLink>
        <PaneLink icon="robot" href={administrationHref('robots')} under={[`${administrationHref('robots')}/`]}>
          {t('frame.robots')}
        </PaneLink>
        <PaneLink icon="audit" href={administrationHref('audit')}>
          {t('frame.audit')}
        </PaneLink>
      </ul>
    </>
  )
}

function MaintenanceLinks() {
  const t = useTranslations()
  const labelId = useId()
  return (
    <>
      <p className="pane-label" id={labelId}>
        {t('maintenance.title')}
      </p>
      <ul aria-labelledby={labelId}>
        <PaneLink icon="recycle" href={maintenanceHref('garbage-collection')}>
          {t('garbageCollection.title')}
        </PaneLink>
        <PaneLink icon="scrub" href={maintenanceHref('scrub')}>
          {t('scrub.title')}
        </PaneLink>
      </ul>
    </>
  )
}

function InstanceLinks({ region, instanceId }: { region: RegionId; instanceId: string }) {
  const t = useTranslations()
  const instancesId = useId()
  const labelId = useId()
  const securityId = useId()
  const { data, isPending } = useInstance(instanceId)
  return (
    <>
      <div className="pane-context">
        <Link href={instancesHref(region)}>
          <Icon name="left" /> {t('instances.title')}
        </Link>
        <strong>{isPending ? <Skeleton width="lg" /> : (data?.data.name ?? '—')}</strong>
        <code>{instanceId}</code>
      </div>
      {/* What the rail of icons has in place of the link above. */}
      <ul className="rail-only">
        <PaneLink icon="instances" href={instancesHref(region)}>
          {t('instances.title')}
        </PaneLink>
      </ul>
      <ul>
        <PaneLink icon="overview" href={instanceHref(region, instanceId)}>
          {t('overview.title')}
        </PaneLink>
      </ul>
      <p className="pane-label" id={instancesId}>
        {t('instances.title')}
      </p>
      <ul aria-labelledby={instancesId}>
        <PaneLink icon="key" href={credentialsHref(region, instanceId)}>
          {t('credentials.title')}
        </PaneLink>
      </ul>
      <p className="pane-label" id={labelId}>
        {t('frame.repository')}
      </p>
      <ul aria-labelledby={labelId}>
        <PaneLink icon="namespaces" href={namespacesHref(region, instanceId)}>
          {t('namespaces.title')}
        </PaneLink>
        <PaneLink
          icon="repositories"
          href={repositoriesHref(region, instanceId)}
          under={[`/${region}/instance/${instanceId}/repository/`]}
        >
          {t('repositories.title')}
        </PaneLink>
        <PaneLink icon="access" href={accessControlHref(region, instanceId)}>
          {t('frame.accessControl')}
        </PaneLink>
      </ul>
      {data?.data.access === 'MANAGE' && (
        <>
          <p className="pane-label" id={securityId}>
            {t('frame.security')}
          </p>
          <ul aria-labelledby={securityId}>
            <PaneLink icon="refused" href={blockedPushesHref(region, instanceId)}>
              {t('ledger.blockedPushes')}
            </PaneLink>
          </ul>
        </>
      )}
    </>
  )
}

interface PaneLinkProps {
  icon: IconName
  href: string
  /** Pages below these addresses belong to the link too. */
  under?: readonly string[]
  count?: ReactNode
  children: string
}

/** A link of a pane; it knows whether it leads to the page one is on. */
export function PaneLink({ icon, href, under, count, children }: PaneLinkProps) {
  const pathname = usePathname()
  const isHere = pathname === href
  const isWithin = under?.some((address) => pathname.startsWith(address))
  return (
    <li>
      <Link className="pane-link" href={href} aria-current={isHere ? 'page' : isWithin ? 'true' : undefined}>
        <Icon name={icon} />
        <span>{children}</span>
        {count}
      </Link>
    </li>
  )
}
