'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useId, useState } from 'react'
import type { AccessKeyView } from '@/lib/api/schemas/access-keys'
import { accessKeysQuery, useDeleteAccessKey, useSetAccessKeyDisabled } from '../queries/access-keys'
import { Banner } from '../ui/banner'
import { Button, TextButton } from '../ui/button'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { PageHead } from '../ui/page'
import { EmptyState, ErrorState } from '../ui/states'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useToast } from '../ui/toast'
import { useErrorText } from '../ui/use-error-text'

// Loaded when it is opened: most visits don't.
const CreateAccessKeyDialog = lazy(() =>
  import('./create-access-key-dialog').then(({ CreateAccessKeyDialog }) => ({ default: CreateAccessKeyDialog })),
)

/** As many as a user may have. */
const accessKeysMax = 2

type OpenDialog = { kind: 'create' } | { kind: 'disable' | 'delete'; id: string } | null

/** One's own access keys. */
export function AccessKeysPage() {
  const t = useTranslations()
  const toast = useToast()
  const errorText = useErrorText()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const { data, error, isPending, refetch } = useQuery(accessKeysQuery)
  const enable = useSetAccessKeyDisabled()
  const disable = useSetAccessKeyDisabled()
  const remove = useDeleteAccessKey()
  const limitId = useId()
  const isFull = data !== undefined && data.totalCount >= accessKeysMax

  function close() {
    disable.reset()
    remove.reset()
    setDialog(null)
  }

  function done(text: string) {
    toast({ title: text })
    close()
  }

  const columns: Column<AccessKeyView>[] = [
    { key: 'id', header: t('accessKeys.id'), kind: 'name', skeleton: 'xl', cell: ({ id }) => <code>{id}</code> },
    {
      key: 'status',
      header: t('accessKeys.status'),
      skeleton: 'md',
      cell: ({ isDisabled }) =>
        isDisabled ? (
          <Status icon="refused" tone="quiet">
            {t('accessKeys.disabled')}
          </Status>
        ) : (
          <Status icon="ok" tone="ok">
            {t('accessKeys.enabled')}
          </Status>
        ),
    },
    {
      key: 'lastUsed',
      header: t('accessKeys.lastUsed'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? (
          <span className="muted">{t('accessKeys.never')}</span>
        ) : (
          <Time value={lastUsedAt} format="relative" />
        ),
    },
    {
      key: 'created',
      header: t('accessKeys.created'),
      hideBelow: 'sm',
      skeleton: 'md',
      cell: ({ createdAt }) => <Time value={createdAt} format="minute" />,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: ({ id, isDisabled }) => (
        <>
          {isDisabled ? (
            <TextButton
              aria-label={t('accessKeys.enableNamed', { name: id })}
              onClick={() =>
                enable.mutate(
                  { id, isDisabled: false },
                  {
                    onSuccess: () => toast({ title: t('accessKeys.enabledDone', { id }) }),
                    onError: (failure) => toast({ kind: 'danger', title: errorText(failure) }),
                  },
                )
              }
            >
              {t('accessKeys.enable')}
            </TextButton>
          ) : (
            <TextButton
              aria-label={t('accessKeys.disableNamed', { name: id })}
              onClick={() => setDialog({ kind: 'disable', id })}
            >
              {t('accessKeys.disable')}
            </TextButton>
          )}
          <TextButton
            danger
            aria-label={t('common.deleteNamed', { name: id })}
            onClick={() => setDialog({ kind: 'delete', id })}
          >
            {t('common.delete')}
          </TextButton>
        </>
      ),
    },
  ]

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return <EmptyState title={t('accessKeys.empty')}>{t('accessKeys.emptyHelp')}</EmptyState>
    }
    return (
      <>
        <Table label={t('accessKeys.title')} columns={columns} rows={data?.items ?? null} rowKey={({ id }) => id} />
        <footer className="table-foot">
          <span role="status">{data && t('accessKeys.count', { count: data.totalCount })}</span>
        </footer>
      </>
    )
  }

  return (
    <>
      <PageHead
        crumbs={[{ label: t('frame.product') }, { label: t('account.title') }, { label: t('accessKeys.title') }]}
        title={t('accessKeys.title')}
        buttons={
          <Button
            variant="primary"
            icon="plus"
            disabled={!data || isFull}
            aria-describedby={isFull ? limitId : undefined}
            onClick={() => setDialog({ kind: 'create' })}
          >
            {t('accessKeys.create')}
          </Button>
        }
      />
      <p className="lead">{t('accessKeys.lead')}</p>
      {isFull && (
        <Banner icon="info">
          <p id={limitId}>{t('accessKeys.limit')}</p>
        </Banner>
      )}
      <div className="table-box">{content()}</div>
      <Suspense>{dialog?.kind === 'create' && <CreateAccessKeyDialog onClose={close} />}</Suspense>
      {dialog?.kind === 'disable' && (
        <ConfirmDialog
          title={t('accessKeys.disableTitle')}
          subject={dialog.id}
          consequence={t('accessKeys.disableConsequence')}
          confirm={t('accessKeys.disable')}
          busy={disable.isPending}
          error={disable.error}
          onClose={close}
          onConfirm={() =>
            disable.mutate(
              { id: dialog.id, isDisabled: true },
              { onSuccess: () => done(t('accessKeys.disabledDone', { id: dialog.id })) },
            )
          }
        />
      )}
      {dialog?.kind === 'delete' && (
        <ConfirmDialog
          title={t('accessKeys.delete')}
          subject={dialog.id}
          consequence={t('accessKeys.deleteConsequence')}
          confirm={t('accessKeys.delete')}
          typed
          busy={remove.isPending}
          error={remove.error}
          onClose={close}
          onConfirm={() =>
            remove.mutate(dialog.id, { onSuccess: () => done(t('accessKeys.deleted', { id: dialog.id })) })
          }
        />
      )}
    </>
  )
}
