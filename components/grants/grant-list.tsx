'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { ReactNode } from 'react'
import type { GrantView } from '@/lib/api/schemas/grants'
import { permissions } from '@/lib/domain/access'
import { grantsQuery } from '../queries/grants'
import type { GrantFilter } from '../queries/grants'
import { Button } from '../ui/button'
import { SearchField, Select } from '../ui/filters'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { GrantTable } from './grant-table'

// Loaded when one is opened: most visits open none.
const ChangeGrantDialog = lazy(() =>
  import('./change-grant-dialog').then(({ ChangeGrantDialog }) => ({ default: ChangeGrantDialog })),
)
const RevokeGrantDialog = lazy(() =>
  import('./revoke-grant-dialog').then(({ RevokeGrantDialog }) => ({ default: RevokeGrantDialog })),
)

type OpenDialog = { kind: 'change' | 'revoke'; grant: GrantView } | null

interface GrantListProps {
  label: string
  filter: GrantFilter
  /** Everybody's, in a box of its own beneath filters, or one user's, in a section that says whose. */
  of: 'everybody' | 'one'
  leadsToUsers: boolean
  /** What stands there where there is none. */
  empty: { title: string; help: string }
  /** The button of an empty list that grants something; null where there is one in sight already. */
  add: ReactNode
  /** The button that grants something, at the end of the filters. */
  toolbarButton?: ReactNode
}

const noFilters = { search: '', subjectType: '', permission: '' }

/** A list of grants with its filters; each can be changed and revoked there. */
export function GrantList({ label, filter, of, leadsToUsers, empty, add, toolbarButton }: GrantListProps) {
  const t = useTranslations()
  const list = useListParameters()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const search = list.get('search')
  const subjectType = list.get('subjectType')
  const permission = list.get('permission')
  const sort = list.get('sort') || (of === 'one' ? '-createdAt' : 'subject')
  const isFiltered = search !== '' || subjectType !== '' || permission !== ''
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(
    grantsQuery({ ...filter, search, subjectType, permission, sort, pageSize: list.pageSize, cursor: list.cursor }),
  )

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return isFiltered ? (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set(noFilters)}>{t('table.clearFilters')}</Button>}
        >
          {t('grants.nothingFound')}
        </EmptyState>
      ) : (
        <EmptyState title={empty.title} action={add}>
          {empty.help}
        </EmptyState>
      )
    }
    return (
      <GrantTable
        label={label}
        grants={data?.items ?? null}
        stale={isPlaceholderData}
        sort={sort}
        onSort={(next) => list.set({ sort: next })}
        of={of}
        leadsToUsers={leadsToUsers}
        onChange={(grant) => setDialog({ kind: 'change', grant })}
        onRevoke={(grant) => setDialog({ kind: 'revoke', grant })}
      />
    )
  }

  const table = (
    <>
      {content()}
      {!error && data?.items.length !== 0 && (
        <TableFoot list={list} page={data}>
          {data && t('grants.count', { count: data.totalCount })}
        </TableFoot>
      )}
    </>
  )

  return (
    <>
      {of === 'everybody' && (
        <div className="toolbar" role="search">
          <SearchField
            label={t('grants.search')}
            placeholder={t('grants.searchPlaceholder')}
            value={search}
            onSearch={(text) => list.set({ search: text })}
          />
          <Select
            label={t('grants.subjectType')}
            value={subjectType}
            onChange={(value) => list.set({ subjectType: value })}
          >
            <option value="">{t('grants.allSubjects')}</option>
            <option value="USER">{t('frame.users')}</option>
            <option value="ROBOT">{t('frame.robots')}</option>
          </Select>
          <Select
            label={t('grants.permission')}
            value={permission}
            onChange={(value) => list.set({ permission: value })}
          >
            <option value="">{t('grants.allPermissions')}</option>
            {permissions.map((value) => (
              <option key={value} value={value}>
                {t(`grants.permissions.${value}`)}
              </option>
            ))}
          </Select>
          {toolbarButton}
        </div>
      )}
      {of === 'everybody' ? <div className="table-box">{table}</div> : table}
      <Suspense>
        {dialog?.kind === 'change' && <ChangeGrantDialog grantId={dialog.grant.id} onClose={() => setDialog(null)} />}
        {dialog?.kind === 'revoke' && <RevokeGrantDialog grant={dialog.grant} onClose={() => setDialog(null)} />}
      </Suspense>
    </>
  )
}
