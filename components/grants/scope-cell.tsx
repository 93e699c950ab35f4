'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { accessControlHref, repositoriesHref, repositoryHref } from '../routes'
import { Link } from '../ui/link'

interface ScopeCellProps {
  scope: GrantView['scope']
  /** Whether the instance goes without saying. */
  isWithinInstance: boolean
}

/** What a grant is for, with its kind beneath, and the way there. */
export function ScopeCell({ scope, isWithinInstance }: ScopeCellProps) {
  const t = useTranslations()
  const { type, regionId, instanceId, instanceName, namespace, repository } = scope
  const kind = t(`grants.scopes.${type}`)
  const named = link()
  return (
    <span className="cell-stack cell-person">
      <Link className="quiet" href={named.href} title={named.label}>
        {named.label}
      </Link>
      <small>
        {isWithinInstance || type === 'INSTANCE' ? kind : t('grants.scopeOf', { kind, name: instanceName })}
      </small>
    </span>
  )

  function link(): { href: string; label: string } {
    if (namespace !== null && repository !== null) {
      const address = { instanceId, namespace, name: repository }
      return { href: repositoryHref(regionId, address, 'access'), label: `${namespace}/${repository}` }
    }
    if (namespace !== null) return { href: repositoriesHref(regionId, instanceId, namespace), label: namespace }
    return { href: accessControlHref(regionId, instanceId), label: instanceName }
  }
}
