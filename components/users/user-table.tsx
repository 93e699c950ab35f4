'use client'

import { useTranslations } from 'next-intl'
import type { UserView } from '@/lib/api/schemas/users'
import { userHref } from '../routes'
import { TextButton } from '../ui/button'
import { Link } from '../ui/link'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { LastTime, Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import type { UserCommand } from './user-dialogs'
import { UserMenu } from './user-menu'
import { RoleStatus, SecondFactorState, UserState } from './user-status'

interface UserTableProps {
  /** Null while they load. */
  users: readonly UserView[] | null
  stale: boolean
  sort: string
  onSort: (sort: string) => void
  /** Id of whoever looks at it. */
  ownId: string
  onCommand: (command: UserCommand, user: UserView) => void
}

/** Users with what they may do in general; what else, their page says. */
export function UserTable({ users, stale, sort, onSort, ownId, onCommand }: UserTableProps) {
  const t = useTranslations()
  const format = useFormat()
  const columns: Column<UserView>[] = [
    {
      key: 'name',
      header: t('users.name'),
      kind: 'name',
      sort: ['name', '-name'],
      skeleton: 'lg',
      cell: (user) => (
        <span className="cell-stack cell-person">
          <Link href={userHref(user.id)} title={user.name}>
            {user.name}
          </Link>
          {user.displayName && <small title={user.displayName}>{user.displayName}</small>}
        </span>
      ),
    },
    {
      key: 'role',
      header: t('users.role'),
      skeleton: 'lg',
      cell: (user) => <RoleStatus role={user.role} />,
    },
    {
      key: 'state',
      header: t('users.state'),
      skeleton: 'md',
      cell: (user) => <UserState user={user} />,
    },
    {
      key: 'secondFactor',
      header: t('users.secondFactor'),
      repeatsHeader: true,
      gives: 1,
      skeleton: 'sm',
      cell: (user) => <SecondFactorState isOn={user.hasSecondFactor} />,
    },
    {
      key: 'grants',
      header: t('grants.title'),
      kind: 'number',
      gives: 2,
      skeleton: 'sm',
      cell: (user) => format.number(user.grantCount),
    },
    {
      key: 'lastLogOn',
      header: t('users.lastLogOn'),
      repeatsHeader: true,
      gives: 3,
      skeleton: 'md',
      cell: ({ lastLogOnAt }) => <LastTime value={lastLogOnAt} never={t('users.never')} />,
    },
    {
      key: 'created',
      header: t('users.created'),
      repeatsHeader: true,
      gives: 0,
      sort: ['-createdAt', 'createdAt'],
      skeleton: 'md',
      cell: (user) => <Time value={user.createdAt} format="date" />,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (user) => (
        <>
          <TextButton aria-label={t('common.editNamed', { name: user.name })} onClick={() => onCommand('edit', user)}>
            {t('common.edit')}
          </TextButton>
          <UserMenu
            user={user}
            label={t('users.moreActions', { name: user.name })}
            className="icon-button"
            isOwn={user.id === ownId}
            onCommand={(command) => onCommand(command, user)}
          />
        </>
      ),
    },
  ]
  return (
    <Table
      label={t('frame.users')}
      columns={columns}
      rows={users}
      rowKey={(user) => user.id}
      stale={stale}
      sort={sort}
      onSort={onSort}
    />
  )
}
