'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { ReactNode } from 'react'
import type { UserView } from '@/lib/api/schemas/users'
import { GrantList } from '../grants/grant-list'
import { userQuery } from '../queries/users'
import { administrationHref } from '../routes'
import { Button } from '../ui/button'
import { Copyable } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { lazyComponent } from '../ui/lazy-component'
import { PageHead, Section } from '../ui/page'
import { PageError, Skeleton } from '../ui/states'
import { Badge } from '../ui/status'
import { LastTime, Time } from '../ui/time'
import { UserDialogs } from './user-dialogs'
import type { UserCommand } from './user-dialogs'
import { UserMenu } from './user-menu'
import { RoleStatus, SecondFactorState, UserState } from './user-status'

const CreateGrantDialog = lazyComponent(() => import('../grants/create-grant-dialog'), 'CreateGrantDialog')

/** One user, and what they are granted. */
export function UserPage({ userId, ownId }: { userId: string; ownId: string }) {
  const t = useTranslations()
  const router = useRouter()
  const [dialog, setDialog] = useState<{ command: UserCommand; user: UserView } | null>(null)
  const [isAdding, setAdding] = useState(false)
  const { data, error, refetch } = useQuery(userQuery(userId))
  const user = data?.data
  const name = user?.name ?? (error ? userId : '—')
  const add = (
    <Button small icon="plus" onClick={() => setAdding(true)}>
      {t('grants.create')}
    </Button>
  )

  return (
    <>
      <PageHead
        crumbs={[
          { label: t('frame.product') },
          { label: t('frame.administration') },
          { label: t('frame.users'), href: administrationHref('users') },
          { label: name },
        ]}
        title={name}
        badges={user?.isDisabled && <Badge icon="off">{t('users.disabled')}</Badge>}
        buttons={
          user && (
            <>
              <Button icon="edit" onClick={() => setDialog({ command: 'edit', user })}>
                {t('common.edit')}
              </Button>
              <UserMenu
                user={user}
                label={t('common.moreActions')}
                className="button button--icon"
                isOwn={userId === ownId}
                onCommand={(command) => setDialog({ command, user })}
              />
            </>
          )
        }
      />
      {!user && error ? (
        <PageError error={error} gone={t('users.gone')} onRetry={refetch} />
      ) : (
        <>
          <Section title={t('details.title')}>
            <Facts user={user ?? null} />
          </Section>
          <Section title={t('grants.title')} aside={add}>
            {user?.role === 'ADMINISTRATOR' && <p className="section-body muted">{t('grants.administratorMay')}</p>}
            <GrantList
              label={t('grants.title')}
              filter={{ subjectId: userId }}
              of="one"
              leadsToUsers
              empty={{ title: t('grants.empty'), help: t('grants.emptyUser') }}
              add={null}
            />
          </Section>
        </>
      )}
      <UserDialogs
        open={dialog}
        onClose={() => setDialog(null)}
        onDeleted={() => router.push(administrationHref('users'))}
      />
      <Suspense>
        {isAdding && user && (
          <CreateGrantDialog subject={user} scope={null} instance={null} onClose={() => setAdding(false)} />
        )}
      </Suspense>
    </>
  )
}

function Facts({ user }: { user: UserView | null }) {
  const t = useTranslations()
  const facts: [label: string, value: ReactNode][] = [
    [t('users.displayName'), user && (user.displayName || <span className="muted">{t('common.none')}</span>)],
    [t('users.id'), user && <Copyable text={user.id} label={t('users.copyId')} />],
    [t('users.role'), user && <RoleStatus role={user.role} />],
    [t('users.state'), user && <UserState user={user} />],
    [t('users.secondFactor'), user && <SecondFactorState isOn={user.hasSecondFactor} />],
    ...(user?.invitation
      ? [
          [
            t('invitations.expires'),
            <span key="invitation">
              <Time value={user.invitation.expiresAt} format="minute" />{' '}
              <span className="muted">{t('invitations.by', { name: user.invitation.createdBy })}</span>
            </span>,
          ] as [string, ReactNode],
        ]
      : []),
    [t('users.lastLogOn'), user && <LastTime value={user.lastLogOnAt} never={t('users.never')} />],
    [t('users.created'), user && <Time value={user.createdAt} format="minute" />],
    [t('details.modified'), user && <Time value={user.updatedAt} format="relative" />],
  ]
  return (
    <dl className="facts" aria-busy={user === null}>
      {facts.map(([label, value]) => (
        <Fact key={label} label={label}>
          {value ?? <Skeleton width="lg" />}
        </Fact>
      ))}
    </dl>
  )
}
