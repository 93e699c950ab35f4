'use client'

import { useTranslations } from 'next-intl'
import type { RobotGrantView, RobotView } from '@/lib/api/schemas/robots'
import { PermissionStatus } from '../grants/permission-status'
import { grantedPath } from './robot-connection'

/** How many scopes are named in a row. */
const namedMax = 3

/** What a robot may do most, in a row, and on what; what else it may do is named with its permission. */
export function RobotPermission({ robot: { grants, grantCount } }: { robot: RobotView }) {
  const t = useTranslations()
  const [strongest] = grants
  if (strongest === undefined) return <span className="muted">{t('robots.noPermission')}</span>

  function named(grant: RobotGrantView) {
    const scope = grantedPath(grant) ?? t('robots.everything')
    if (grant.permission === strongest?.permission) return scope
    return t('robots.scopeWith', { scope, permission: t(`grants.permissions.${grant.permission}`) })
  }

  const all = grants.map(named)
  const rest = grantCount - Math.min(all.length, namedMax)
  const shown = all.slice(0, namedMax).join(t('common.listComma'))
  return (
    <span className="cell-stack cell-person">
      <PermissionStatus permission={strongest.permission} />
      <small title={all.join(t('common.listComma'))}>
        {rest > 0 ? t('robots.scopesMore', { scopes: shown, count: rest }) : shown}
      </small>
    </span>
  )
}
