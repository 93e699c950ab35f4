'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { UserView } from '@/lib/api/schemas/users'
import { usersQuery } from '../queries/users'
import { Button } from '../ui/button'
import { Select } from '../ui/filters'
import { lazyComponent } from '../ui/lazy-component'
import { List, Toolbar } from '../ui/list'
import { PageHead } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { useListParameters } from '../ui/use-list-parameters'
import { UserDialogs } from './user-dialogs'
import type { UserCommand } from './user-dialogs'
import { UserTable } from './user-table'

const CreateUserDialog = lazyComponent(() => import('./create-user-dialog'), 'CreateUserDialog')
const InviteUserDialog = lazyComponent(() => import('./invite-user-dialog'), 'InviteUserDialog')

/** Everybody who may log on. There is always one: whoever looks at it. */
export function UsersPage({ ownId }: { ownId: string }) {
  const t = useTranslations()
  const list = useListParameters(['search', 'role', 'isDisabled'], { isNumbered: true })
  const sorting = list.sorting('name')
  const [adding, setAdding] = useState<'invite' | 'create' | null>(null)
  const [dialog, setDialog] = useState<{ command: UserCommand; user: UserView } | null>(null)
  const query = useQuery(usersQuery({ ...list.filters, sort: sorting.sort, ...list.page, page: list.numbered }))
  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('frame.administration') }, { label: t('frame.users') }]}
        title={t('frame.users')}
        buttons={
          <>
            <Button onClick={() => setAdding('create')}>{t('users.create')}</Button>
            <Button variant="primary" icon="plus" onClick={() => setAdding('invite')}>
              {t('invitations.invite')}
            </Button>
          </>
        }
      />
      <Toolbar list={list} label={t('users.search')} placeholder={t('users.searchPlaceholder')}>
        <Select label={t('users.role')} {...list.filter('role')}>
          <option value="">{t('users.allRoles')}</option>
          <option value="ADMINISTRATOR">{t('users.roles.ADMINISTRATOR')}</option>
          <option value="MEMBER">{t('users.roles.MEMBER')}</option>
        </Select>
        <Select label={t('users.state')} {...list.filter('isDisabled')}>
          <option value="">{t('users.allStates')}</option>
          <option value="false">{t('users.enabled')}</option>
          <option value="true">{t('users.disabled')}</option>
        </Select>
      </Toolbar>
      <div className="table-box">
        <List
          list={list}
          query={query}
          nothingFound={t('users.nothingFound')}
          empty={<EmptyState title={t('table.nothingFound')}>{t('users.nothingFound')}</EmptyState>}
          count={(count) => t('users.count', { count })}
        >
          {(users, stale) => (
            <UserTable
              users={users}
              stale={stale}
              {...sorting}
              ownId={ownId}
              onCommand={(command, user) => setDialog({ command, user })}
            />
          )}
        </List>
      </div>
      <Suspense>
        {adding === 'invite' && <InviteUserDialog onClose={() => setAdding(null)} />}
        {adding === 'create' && <CreateUserDialog onClose={() => setAdding(null)} />}
      </Suspense>
      <UserDialogs open={dialog} onClose={() => setDialog(null)} />
    </>
  )
}
