'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import type { RobotView } from '@/lib/api/schemas/robots'
import { ConfirmDialog } from '../credentials/confirm-dialog'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { robotQuery, useDeleteRobot, useUpdateRobot } from './queries'

interface RobotCommandDialogProps {
  command: 'disable' | 'delete'
  robot: RobotView
  onClose: () => void
}

/** Asks before a robot is disabled or deleted. It is read afresh, so that the decision is on what is there. */
export function RobotCommandDialog({ command, robot, onClose }: RobotCommandDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const { data, error, isFetching, refetch } = useQuery({ ...robotQuery(robot.id), staleTime: 0 })
  const update = useUpdateRobot(robot.id)
  const remove = useDeleteRobot(robot.id)
  const isRefused = update.isError || remove.isError
  const title = command === 'delete' ? t('robots.delete') : t('robots.disableTitle')
  const name = robot.userName

  if (!data || (isFetching && !isRefused)) {
    return (
      <LoadingDialog title={title} error={isFetching ? null : error} onRetry={() => void refetch()} onClose={onClose} />
    )
  }
  const { etag } = data

  function done(text: string) {
    toast({ title: text })
    onClose()
  }

  function onError(failure: unknown) {
    if (isApiError(failure, 'PRECONDITION_FAILED')) void refetch()
  }

  return command === 'delete' ? (
    <ConfirmDialog
      title={title}
      subject={name}
      consequence={t('robots.deleteConsequence')}
      confirm={title}
      typed
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate(etag, { onSuccess: () => done(t('robots.deleted', { name })), onError })}
    />
  ) : (
    <ConfirmDialog
      title={title}
      subject={name}
      consequence={t('robots.disableConsequence')}
      confirm={t('robots.disable')}
      busy={update.isPending}
      error={update.error}
      onClose={onClose}
      onConfirm={() =>
        update.mutate(
          { body: { isDisabled: true }, etag },
          { onSuccess: () => done(t('robots.disabledDone', { name })), onError },
        )
      }
    />
  )
}
