'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { ReactNode } from 'react'
import type { GrantView } from '@/lib/api/schemas/grants'
import { permissions } from '@/lib/domain/access'
import { grantsQuery } from '../queries/grants'
import type { GrantFilter } from '../queries/grants'
import { Select } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { List, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { GrantTable } from './grant-table'

const ChangeGrantDialog = lazyComponent(() => import('./change-grant-dialog'), 'ChangeGrantDialog')
const RevokeGrantDialog = lazyComponent(() => import('./revoke-grant-dialog'), 'RevokeGrantDialog')

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

/** A list of grants with its filters; each can be changed and revoked there. */
export function GrantList({ label, filter, of, leadsToUsers, empty, add, toolbarButton }: GrantListProps) {
  const t = useTranslations()
  const list = useListParameters(['search', 'subjectType', 'permission'])
  const sorting = list.sorting(of === 'one' ? '-createdAt' : 'subject')
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const close = () => setDialog(null)
  const query = useQuery(grantsQuery({ ...filter, ...list.filters, sort: sorting.sort, ...list.page }))

  const table = (
    <List
      list={list}
      query={query}
      nothingFound={t('grants.nothingFound')}
      empty={
        <EmptyState title={empty.title} action={add}>
          {empty.help}
        </EmptyState>
      }
      count={(count) => t('grants.count', { count })}
    >
      {(grants, stale) => (
        <GrantTable
          label={label}
          grants={grants}
          stale={stale}
          {...sorting}
          of={of}
          leadsToUsers={leadsToUsers}
          onChange={(grant) => setDialog({ kind: 'change', grant })}
          onRevoke={(grant) => setDialog({ kind: 'revoke', grant })}
        />
      )}
    </List>
  )

  return (
    <>
      {of === 'everybody' && (
        <Toolbar list={list} label={t('grants.search')} placeholder={t('grants.searchPlaceholder')}>
          <Select label={t('grants.subjectType')} {...list.filter('subjectType')}>
            <option value="">{t('grants.allSubjects')}</option>
            <option value="USER">{t('frame.users')}</option>
            <option value="ROBOT">{t('frame.robots')}</option>
          </Select>
          <Select label={t('grants.permission')} {...list.filter('permission')}>
            <option value="">{t('grants.allPermissions')}</option>
            {permissions.map((value) => (
              <option key={value} value={value}>
                {t(`grants.permissions.${value}`)}
              </option>
            ))}
          </Select>
          {toolbarButton}
        </Toolbar>
      )}
      {of === 'everybody' ? <div className="table-box">{table}</div> : table}
      <Suspense>
        {dialog?.kind === 'change' && <ChangeGrantDialog grantId={dialog.grant.id} onClose={close} />}
        {dialog?.kind === 'revoke' && <RevokeGrantDialog grant={dialog.grant} onClose={close} />}
      </Suspense>
    </>
  )
}
