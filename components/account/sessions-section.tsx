'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { ListedSession } from '@/lib/api/schemas/sessions'
import { sessionsQuery, useEndSession } from '../queries/account'
import { Button, TextButton } from '../ui/button'
import { Section } from '../ui/page'
import { ErrorState } from '../ui/states'
import { Badge } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { TableFoot } from '../ui/table-foot'
import { Time } from '../ui/time'
import { useToast } from '../ui/toast'
import { useErrorToast } from '../ui/use-error-toast'
import { useFilledPage } from '../ui/use-filled-page'
import { useListParameters } from '../ui/use-list-parameters'
import { readUserAgent } from './browser'
import { EndAllSessionsDialog } from './end-all-sessions-dialog'

/** Where one is logged on, and the way to end it. */
export function SessionsSection() {
  const t = useTranslations()
  const toast = useToast()
  const errorToast = useErrorToast()
  const list = useListParameters()
  const query = useQuery(sessionsQuery(list.page))
  const { data, error, isPlaceholderData, refetch } = query
  const isLeaving = useFilledPage(list, query)
  const end = useEndSession()
  const [isDialogOpen, setDialogOpen] = useState(false)

  function nameOf({ userAgent }: ListedSession): string {
    const { browser, system } = readUserAgent(userAgent)
    if (browser !== null && system !== null) return t('security.browserOn', { browser, system })
    return browser ?? system ?? t('security.unknownBrowser')
  }

  function endOne(session: ListedSession) {
    if (end.isPending) return
    end.mutate(session.id, {
      onSuccess: () => toast({ title: t('security.ended') }),
      onError: errorToast,
    })
  }

  const columns: Column<ListedSession>[] = [
    {
      key: 'browser',
      header: t('security.browser'),
      kind: 'name',
      skeleton: 'xl',
      cell: (session) => (
        <span title={session.userAgent}>
          {nameOf(session)} {session.isCurrent && <Badge accent>{t('security.thisSession')}</Badge>}
        </span>
      ),
    },
    {
      key: 'address',
      header: t('security.address'),
      repeatsHeader: true,
      skeleton: 'lg',
      cell: ({ address }) => <code>{address}</code>,
    },
    {
      key: 'started',
      header: t('security.started'),
      repeatsHeader: true,
      gives: 2,
      skeleton: 'lg',
      cell: ({ startedAt }) => <Time value={startedAt} format="minute" />,
    },
    {
      key: 'seen',
      header: t('security.lastSeen'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ lastSeenAt }) => <Time value={lastSeenAt} format="relative" />,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'sm',
      // Its own end is Log Off.
      cell: (session) =>
        session.isCurrent ? null : (
          <TextButton
            danger
            aria-disabled={end.isPending || undefined}
            aria-label={t('security.endOne', { name: nameOf(session) })}
            onClick={() => endOne(session)}
          >
            {t('security.end')}
          </TextButton>
        ),
    },
  ]

  return (
    <Section
      title={t('security.sessions')}
      aside={
        <Button small onClick={() => setDialogOpen(true)}>
          {t('security.endAll')}
        </Button>
      }
    >
      {!data && error ? (
        <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <Table
            label={t('security.sessions')}
            columns={columns}
            rows={isLeaving ? null : (data?.items ?? null)}
            rowKey={({ id }) => id}
            stale={isPlaceholderData}
          />
          <TableFoot list={list} page={data} stale={isPlaceholderData}>
            {data && t('security.sessionCount', { count: data.totalCount })}
          </TableFoot>
        </>
      )}
      {isDialogOpen && <EndAllSessionsDialog onClose={() => setDialogOpen(false)} />}
    </Section>
  )
}
