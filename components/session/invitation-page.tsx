'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useSyncExternalStore } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { ShownInvitationView } from '@/lib/api/schemas/invitations'
import type { Theme } from '../frame/preferences'
import { invitationQuery, useAcceptInvitation } from '../queries/session'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'
import { Link } from '../ui/link'
import { Refused } from '../ui/refused'
import { LoadError, Skeleton } from '../ui/states'
import { useForm } from '../ui/use-form'
import { NewPasswordFields, useRepetition } from '../users/new-password-fields'
import { EntryPage } from './entry-page'

/** The part of the address that browsers send to nobody; null while the server renders. */
function useFragment(): string | null {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('hashchange', listener)
      return () => window.removeEventListener('hashchange', listener)
    },
    () => location.hash.slice(1),
    () => null,
  )
}

/** Where somebody who was invited sets a password, once, and is logged on. */
export function InvitationPage({ host, theme }: { host: string; theme: Theme | null }) {
  const t = useTranslations('invitations')
  const token = useFragment()
  return (
    <EntryPage title={t('title')} host={host} theme={theme}>
      {token === null ? (
        <Loading />
      ) : token === '' ? (
        <Ended state="UNKNOWN" />
      ) : (
        <Invitation key={token} token={token} />
      )}
    </EntryPage>
  )
}

function Invitation({ token }: { token: string }) {
  const { data, error, refetch } = useQuery(invitationQuery(token))
  if (isApiError(error, 'NOT_FOUND')) return <Ended state="UNKNOWN" />
  if (!data) return error ? <LoadError error={error} onRetry={() => void refetch()} /> : <Loading />
  if (data.state !== 'OPEN') return <Ended state={data.state} />
  return <AcceptForm token={token} invitation={data} />
}

/** As tall as the form that comes. */
function Loading() {
  return (
    <div className="logon-step" aria-busy="true">
      <Skeleton width="xl" />
      <Skeleton width="xl" />
      <Skeleton width="xl" />
    </div>
  )
}

function Ended({ state }: { state: Exclude<ShownInvitationView['state'], 'OPEN'> | 'UNKNOWN' }) {
  const t = useTranslations()
  return (
    <>
      <Banner icon={state === 'ACCEPTED' ? 'info' : 'refused'} {...(state !== 'ACCEPTED' && { tone: 'danger' })}>
        <p>{t(`invitations.states.${state}`)}</p>
      </Banner>
      <Link className="button button--wide" href="/login">
        {t('logon.submit')}
      </Link>
    </>
  )
}

/** Which password will do the server decides: its rules come with more script than the page has. */
const acceptance = {
  safeParse: (values: unknown) => ({ success: true as const, data: values as { token: string; password: string } }),
}

function AcceptForm({ token, invitation }: { token: string; invitation: ShownInvitationView }) {
  const t = useTranslations()
  const accept = useAcceptInvitation()
  const repetition = useRepetition()
  const form = useForm({
    initial: { token, password: '' },
    schema: acceptance,
    action: accept,
    variables: (body) => body,
    check: repetition.check,
    // A whole new page: the server renders it for the person now known.
    done: () => null,
    onClose: () => location.assign('/'),
  })
  const { userName, displayName } = invitation
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!accept.isPending && !accept.isSuccess) form.dialog.onSubmit(event)
      }}
    >
      <Refused error={accept.error} className="logon-step">
        <p>{t('invitations.welcome', { name: displayName || userName })}</p>
        <TextField label={t('users.name')} name="userName" autoComplete="username" readOnly value={userName} />
        <NewPasswordFields form={form} repetition={repetition} />
      </Refused>
      {/* The person stays "setting" until the next page is there. */}
      <Button type="submit" variant="primary" wide busy={accept.isPending || accept.isSuccess}>
        {t('invitations.accept')}
      </Button>
    </form>
  )
}
