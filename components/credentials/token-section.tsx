'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { CredentialsView, TemporaryTokenView } from '@/lib/api/schemas/credentials'
import { temporaryTokensQuery, useRevokeTemporaryToken } from '../queries/credentials'
import { Button, TextButton } from '../ui/button'
import { ConfirmDialog } from '../ui/lazy-confirm-dialog'
import { lazyComponent } from '../ui/lazy-component'
import { List } from '../ui/list'
import { Section } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { EnabledStatus } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { LastTime, Time } from '../ui/time'
import { useNowMs } from '../ui/use-now'

const CreateTokenDialog = lazyComponent(() => import('./create-token-dialog'), 'CreateTokenDialog')

type OpenDialog = { kind: 'create' } | { kind: 'revoke'; token: TemporaryTokenView } | null

interface TokenSectionProps {
  instanceId: string
  credentials: CredentialsView
  /** Whether the person may push anywhere in the instance. */
  mayPush: boolean
}

/** One's temporary tokens of an instance. */
export function TokenSection({ instanceId, credentials, mayPush }: TokenSectionProps) {
  const t = useTranslations()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const query = useQuery(temporaryTokensQuery(instanceId))
  const nowMs = useNowMs()
  const revoke = useRevokeTemporaryToken(instanceId)

  function isInForce({ revokedAt, expiresAt }: TemporaryTokenView) {
    return revokedAt === null && Date.parse(expiresAt) > nowMs
  }

  function status(token: TemporaryTokenView) {
    const ended = token.revokedAt === null ? t('tokens.expired') : t('tokens.revoked')
    return <EnabledStatus isEnabled={isInForce(token)} words={[t('tokens.active'), ended]} />
  }

  const columns: Column<TemporaryTokenView>[] = [
    { key: 'id', header: t('tokens.id'), kind: 'name', skeleton: 'lg', cell: ({ id }) => <code>{id}</code> },
    { key: 'status', header: t('tokens.status'), skeleton: 'md', cell: status },
    {
      key: 'created',
      header: t('tokens.created'),
      repeatsHeader: true,
      gives: 2,
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
      cell: ({ lastUsedAt }) => <LastTime value={lastUsedAt} never={t('tokens.never')} />,
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
      <List
        query={query}
        empty={<EmptyState title={t('tokens.empty')}>{t('tokens.emptyHelp')}</EmptyState>}
        count={(count) => t('tokens.count', { count })}
      >
        {(tokens) => (
          <Table
            label={t('tokens.title')}
            columns={tokens?.some(isInForce) === false ? columns.slice(0, -1) : columns}
            rows={tokens}
            rowKey={({ id }) => id}
          />
        )}
      </List>
      <Suspense>
        {dialog?.kind === 'create' && (
          <CreateTokenDialog instanceId={instanceId} credentials={credentials} mayPush={mayPush} onClose={close} />
        )}
      </Suspense>
      {dialog?.kind === 'revoke' && (
        <ConfirmDialog
          title={t('tokens.revokeTitle')}
          subject={dialog.token.id}
          consequence={t('tokens.revokeConsequence')}
          confirm={t('tokens.revoke')}
          action={revoke}
          variables={dialog.token.id}
          done={{ title: t('tokens.revokedDone') }}
          onClose={close}
        />
      )}
    </Section>
  )
}
