'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { CredentialsView, TemporaryTokenView } from '@/lib/api/schemas/credentials'
import { temporaryTokensQuery, useRevokeTemporaryToken } from '../queries/credentials'
import { Button, TextButton } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { Section } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useToast } from '../ui/toast'

// Loaded when it is opened: most visits don't.
const CreateTokenDialog = lazy(() =>
  import('./create-token-dialog').then(({ CreateTokenDialog }) => ({ default: CreateTokenDialog })),
)

type OpenDialog = { kind: 'create' } | { kind: 'revoke'; token: TemporaryTokenView } | null

/** One's temporary tokens of an instance. */
export function TokenSection({ instanceId, credentials }: { instanceId: string; credentials: CredentialsView }) {
  const t = useTranslations()
  const toast = useToast()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const { data, error, isPending, dataUpdatedAt, refetch } = useQuery(temporaryTokensQuery(instanceId))
  const revoke = useRevokeTemporaryToken(instanceId)

  function isInForce({ revokedAt, expiresAt }: TemporaryTokenView) {
    return revokedAt === null && Date.parse(expiresAt) > dataUpdatedAt
  }

  function status(token: TemporaryTokenView) {
    if (isInForce(token))
      return (
        <Status icon="ok" tone="ok">
          {t('tokens.active')}
        </Status>
      )
    return (
      <Status icon="refused" tone="quiet">
        {token.revokedAt === null ? t('tokens.expired') : t('tokens.revoked')}
      </Status>
    )
  }

  const columns: Column<TemporaryTokenView>[] = [
    { key: 'id', header: t('tokens.id'), kind: 'name', skeleton: 'lg', cell: ({ id }) => <code>{id}</code> },
    { key: 'status', header: t('tokens.status'), skeleton: 'md', cell: status },
    {
      key: 'created',
      header: t('tokens.created'),
      hideBelow: 'md',
      skeleton: 'md',
      cell: ({ createdAt }) => <Time value={createdAt} format="minute" />,
    },
    {
      key: 'expires',
      header: t('tokens.expires'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ expiresAt }) => <Time value={expiresAt} format="minute" />,
    },
    {
      key: 'lastUsed',
      header: t('tokens.lastUsed'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? (
          <span className="muted">{t('tokens.never')}</span>
        ) : (
          <Time value={lastUsedAt} format="relative" />
        ),
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'md',
      cell: (token) =>
        isInForce(token) && (
          <TextButton
            danger
            aria-label={t('tokens.revokeNamed', { name: token.id })}
            onClick={() => setDialog({ kind: 'revoke', token })}
          >
            {t('tokens.revoke')}
          </TextButton>
        ),
    },
  ]

  function close() {
    revoke.reset()
    setDialog(null)
  }

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) return <EmptyState title={t('tokens.empty')}>{t('tokens.emptyHelp')}</EmptyState>
    return (
      <>
        <Table
          label={t('tokens.title')}
          columns={data?.items.some(isInForce) === false ? columns.slice(0, -1) : columns}
          rows={data?.items ?? null}
          rowKey={({ id }) => id}
        />
        <footer className="table-foot">
          <span role="status">{data && t('tokens.count', { count: data.totalCount })}</span>
        </footer>
      </>
    )
  }

  return (
    <Section
      title={t('tokens.title')}
      aside={
        <Button small icon="plus" onClick={() => setDialog({ kind: 'create' })}>
          {t('tokens.create')}
        </Button>
      }
    >
      <p className="section-body muted">{t('tokens.help', { name: credentials.temporaryUserName })}</p>
      {content()}
      <Suspense>
        {dialog?.kind === 'create' && (
          <CreateTokenDialog instanceId={instanceId} registryHost={credentials.registryHost} onClose={close} />
        )}
      </Suspense>
      {dialog?.kind === 'revoke' && (
        <ConfirmDialog
          title={t('tokens.revokeTitle')}
          subject={dialog.token.id}
          consequence={t('tokens.revokeConsequence')}
          confirm={t('tokens.revoke')}
          busy={revoke.isPending}
          error={revoke.error}
          onClose={close}
          onConfirm={() =>
            revoke.mutate(dialog.token.id, {
              onSuccess: () => {
                toast({ title: t('tokens.revokedDone') })
                close()
              },
            })
          }
        />
      )}
    </Section>
  )
}
