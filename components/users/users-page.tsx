'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { UserView } from '@/lib/api/schemas/users'
import { usersQuery } from '../queries/users'
import { Button } from '../ui/button'
import { SearchField, Select } from '../ui/filters'
import { PageHead } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useListParameters } from '../ui/use-list-parameters'
import { UserDialogs } from './user-dialogs'
import type { UserCommand } from './user-dialogs'
import { UserTable } from './user-table'

// Loaded when it is opened: most visits don't.
const CreateUserDialog = lazy(() =>
  import('./create-user-dialog').then(({ CreateUserDialog }) => ({ default: CreateUserDialog })),
)

const noFilters = { search: '', role: '', isDisabled: '' }

/** Everybody who may log on. There is always one: whoever looks at it. */
export function UsersPage({ ownId }: { ownId: string }) {
  const t = useTranslations()
  const list = useListParameters()
  const [isCreating, setCreating] = useState(false)
  const [dialog, setDialog] = useState<{ command: UserCommand; user: UserView } | null>(null)
  const search = list.get('search')
  const role = list.get('role')
  const isDisabled = list.get('isDisabled')
  const sort = list.get('sort') || 'name'
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(
    usersQuery({ search, role, isDisabled, sort, pageSize: list.pageSize, cursor: list.cursor }),
  )

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set(noFilters)}>{t('table.clearFilters')}</Button>}
        >
          {t('users.nothingFound')}
        </EmptyState>
      )
    }
    return (
      <UserTable
        users={data?.items ?? null}
        stale={isPlaceholderData}
        sort={sort}
        onSort={(next) => list.set({ sort: next })}
        ownId={ownId}
        onCommand={(command, user) => setDialog({ command, user })}
      />
    )
  }

  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('frame.administration') }, { label: t('frame.users') }]}
        title={t('frame.users')}
        buttons={
          <Button variant="primary" icon="plus" onClick={() => setCreating(true)}>
            {t('users.create')}
          </Button>
        }
      />
      <div className="toolbar" role="search">
        <SearchField
          label={t('users.search')}
          placeholder={t('users.searchPlaceholder')}
          value={search}
          onSearch={(text) => list.set({ search: text })}
        />
        <Select label={t('users.role')} value={role} onChange={(value) => list.set({ role: value })}>
          <option value="">{t('users.allRoles')}</option>
          <option value="ADMINISTRATOR">{t('users.roles.ADMINISTRATOR')}</option>
          <option value="MEMBER">{t('users.roles.MEMBER')}</option>
        </Select>
        <Select label={t('users.state')} value={isDisabled} onChange={(value) => list.set({ isDisabled: value })}>
          <option value="">{t('users.allStates')}</option>
          <option value="false">{t('users.enabled')}</option>
          <option value="true">{t('users.disabled')}</option>
        </Select>
      </div>
      <div className="table-box">
        {content()}
        {!error && data?.items.length !== 0 && (
          <TableFoot list={list} page={data}>
            {data && t('users.count', { count: data.totalCount })}
          </TableFoot>
        )}
      </div>
      <Suspense>{isCreating && <CreateUserDialog onClose={() => setCreating(false)} />}</Suspense>
      <UserDialogs open={dialog} onClose={() => setDialog(null)} />
    </>
  )
}
