'use client'

import { useTranslations } from 'next-intl'
import type { GrantView } from '@/lib/api/schemas/grants'
import { userHref } from '../routes'
import { TextButton } from '../ui/button'
import { Link } from '../ui/link'
import { EnabledStatus } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { PermissionStatus } from './permission-status'
import { ScopeCell } from './scope-cell'
import { useScopeText } from './use-scope-text'

interface GrantTableProps {
  label: string
  /** Null while they load. */
  grants: readonly GrantView[] | null
  stale: boolean
  sort: string
  onSort: (sort: string) => void
  /** Whose they are: everybody's, with a column for it, or one user's. */
  of: 'everybody' | 'one'
  /** Whether user names lead to the users: only administrators get there. */
  leadsToUsers: boolean
  onChange: (grant: GrantView) => void
  onRevoke: (grant: GrantView) => void
}

/** Grants: who may do what, on what. */
export function GrantTable({
  label,
  grants,
  stale,
  sort,
  onSort,
  of,
  leadsToUsers,
  onChange,
  onRevoke,
}: GrantTableProps) {
  const t = useTranslations()
  const scopeText = useScopeText()
  const columns: Column<GrantView>[] = [
    {
      key: 'subject',
      header: t('grants.subject'),
      kind: 'name',
      sort: ['subject', '-subject'],
      skeleton: 'lg',
      cell: ({ subject }) => (
        <span className="cell-stack cell-person">
          {leadsToUsers && subject.type === 'USER' ? (
            <Link href={userHref(subject.id)} title={subject.name}>
              {subject.name}
            </Link>
          ) : (
            <span title={subject.name}>{subject.name}</span>
          )}
          <small title={subject.description}>{subject.description || t(`grants.subjectTypes.${subject.type}`)}</small>
        </span>
      ),
    },
    {
      key: 'scope',
      header: t('grants.scope'),
      ...(of === 'one' ? { kind: 'name' as const } : {}),
      skeleton: 'lg',
      cell: ({ scope }) => <ScopeCell scope={scope} isWithinInstance={of === 'everybody'} />,
    },
    {
      key: 'permission',
      header: t('grants.permission'),
      skeleton: 'md',
      cell: ({ permission }) => <PermissionStatus permission={permission} />,
    },
    {
      key: 'state',
      header: t('grants.state'),
      gives: 1,
      skeleton: 'md',
      cell: ({ subject }) => (
        <EnabledStatus isEnabled={!subject.isDisabled} words={[t('users.enabled'), t('users.disabled')]} />
      ),
    },
    {
      key: 'created',
      header: t('grants.granted'),
      repeatsHeader: true,
      gives: 2,
      sort: ['-createdAt', 'createdAt'],
      skeleton: 'lg',
      cell: ({ createdAt, createdBy }) => (
        <span className="cell-stack">
          <Time value={createdAt} format="relative" />
          <small>{t('grants.by', { name: createdBy })}</small>
        </span>
      ),
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (grant) => {
        const named = { subject: grant.subject.name, scope: scopeText(grant.scope) }
        return (
          grant.isManageable && (
            <>
              <TextButton aria-label={t('grants.changeNamed', named)} onClick={() => onChange(grant)}>
                {t('grants.change')}
              </TextButton>
              <TextButton danger aria-label={t('grants.revokeNamed', named)} onClick={() => onRevoke(grant)}>
                {t('grants.revoke')}
              </TextButton>
            </>
          )
        )
      },
    },
  ]
  const isReadOnly = grants?.every(({ isManageable }) => !isManageable) === true
  return (
    <Table
      label={label}
      columns={columns
        .filter(({ key }) => of === 'everybody' || (key !== 'subject' && key !== 'state'))
        .filter(({ kind }) => !isReadOnly || kind !== 'actions')}
      rows={grants}
      rowKey={(grant) => grant.id}
      stale={stale}
      sort={sort}
      onSort={onSort}
    />
  )
}
