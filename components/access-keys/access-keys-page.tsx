'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useId, useState } from 'react'
import type { AccessKeyView } from '@/lib/api/schemas/access-keys'
import { accessKeysQuery, useDeleteAccessKey, useSetAccessKeyDisabled } from '../queries/access-keys'
import { Banner } from '../ui/banner'
import { Button, TextButton } from '../ui/button'
import { ConfirmDialog } from '../ui/lazy-confirm-dialog'
import { lazyComponent } from '../ui/lazy-component'
import { lazySection } from '../ui/lazy-section'
import { List } from '../ui/list'
import { PageHead } from '../ui/page'
import { EmptyState } from '../ui/empty-state'
import { EnabledStatus } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { LastTime, Time } from '../ui/time'
import { useToast } from '../ui/toast'
import { useErrorToast } from '../ui/use-error-toast'

const SdkSection = lazySection(() => import('./sdk-section').then((it) => it.SdkSection))

const CreateAccessKeyDialog = lazyComponent(() => import('./create-access-key-dialog'), 'CreateAccessKeyDialog')

/** As many as a user may have. */
const accessKeysMax = 2

type OpenDialog = { kind: 'create' } | { kind: 'disable' | 'delete'; id: string } | null

/** One's own access keys. */
export function AccessKeysPage() {
  const t = useTranslations()
  const toast = useToast()
  const errorToast = useErrorToast()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const query = useQuery(accessKeysQuery)
  const { data } = query
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

  const columns: Column<AccessKeyView>[] = [
    { key: 'id', header: t('accessKeys.id'), kind: 'name', skeleton: 'xl', cell: ({ id }) => <code>{id}</code> },
    {
      key: 'status',
      header: t('accessKeys.status'),
      skeleton: 'md',
      cell: ({ isDisabled }) => (
        <EnabledStatus isEnabled={!isDisabled} words={[t('accessKeys.enabled'), t('accessKeys.disabled')]} />
      ),
    },
    {
      key: 'lastUsed',
      header: t('accessKeys.lastUsed'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ lastUsedAt }) => <LastTime value={lastUsedAt} never={t('accessKeys.never')} />,
    },
    {
      key: 'created',
      header: t('accessKeys.created'),
      repeatsHeader: true,
      gives: 3,
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
                    onError: errorToast,
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
      <div className="table-box">
        <List
          query={query}
          empty={<EmptyState title={t('accessKeys.empty')}>{t('accessKeys.emptyHelp')}</EmptyState>}
          count={(count) => t('accessKeys.count', { count })}
        >
          {(keys) => <Table label={t('accessKeys.title')} columns={columns} rows={keys} rowKey={({ id }) => id} />}
        </List>
      </div>
      <SdkSection accessKeyId={data?.items.find(({ isDisabled }) => !isDisabled)?.id ?? null} />
      <Suspense>{dialog?.kind === 'create' && <CreateAccessKeyDialog onClose={close} />}</Suspense>
      {dialog?.kind === 'disable' && (
        <ConfirmDialog
          title={t('accessKeys.disableTitle')}
          subject={dialog.id}
          consequence={t('accessKeys.disableConsequence')}
          confirm={t('accessKeys.disable')}
          action={disable}
          variables={{ id: dialog.id, isDisabled: true }}
          done={{ title: t('accessKeys.disabledDone', { id: dialog.id }) }}
          onClose={close}
        />
      )}
      {dialog?.kind === 'delete' && (
        <ConfirmDialog
          title={t('accessKeys.delete')}
          subject={dialog.id}
          consequence={t('accessKeys.deleteConsequence')}
          confirm={t('accessKeys.delete')}
          typed
          action={remove}
          variables={dialog.id}
          done={{ title: t('accessKeys.deleted', { id: dialog.id }) }}
          onClose={close}
        />
      )}
    </>
  )
}
