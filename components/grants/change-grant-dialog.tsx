'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { GrantView } from '@/lib/api/schemas/grants'
import { Dialog } from '../ui/dialog'
import { FormError } from '../ui/form-error'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { PermissionChoices } from './permission'
import { grantQuery, useUpdateGrant } from './queries'
import { useScopeText } from './use-scope-text'

interface ChangeGrantDialogProps {
  grantId: string
  onClose: () => void
}

/** Changes what a grant allows. */
export function ChangeGrantDialog({ grantId, onClose }: ChangeGrantDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const scopeText = useScopeText()
  const { data: current, error, isFetching, refetch } = useQuery({ ...grantQuery(grantId), staleTime: 0 })
  const update = useUpdateGrant(grantId)
  const [chosen, setChosen] = useState<GrantView['permission'] | null>(null)

  if (!current || (isFetching && chosen === null)) {
    return (
      <LoadingDialog
        title={t('grants.changeTitle')}
        error={isFetching ? null : error}
        onRetry={() => void refetch()}
        onClose={onClose}
      />
    )
  }
  const { data: grant, etag } = current
  const permission = chosen ?? grant.permission
  const named = { subject: grant.subject.name, scope: scopeText(grant.scope) }
  return (
    <Dialog
      title={t('grants.changeTitle')}
      subject={t('grants.named', named)}
      confirm={t('common.confirm')}
      busy={update.isPending}
      disabled={permission === grant.permission}
      onClose={onClose}
      onSubmit={() =>
        update.mutate(
          { body: { permission }, etag },
          {
            onSuccess: () => {
              toast({ title: t('grants.changed', { ...named, permission: t(`grants.permissions.${permission}`) }) })
              onClose()
            },
            onError: (failure) => {
              if (isApiError(failure, 'PRECONDITION_FAILED')) void refetch()
            },
          },
        )
      }
    >
      <FormError error={update.error} />
      <PermissionChoices value={permission} onChange={setChosen} />
    </Dialog>
  )
}
