'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import type { RobotView } from '@/lib/api/schemas/robots'
import { robotQuery, useDeleteRobot, useUpdateRobot } from '../queries/robots'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { LoadingDialog } from '../ui/loading-dialog'
import { useToast } from '../ui/toast'
import { useOpened } from '../ui/use-opened'

interface RobotCommandDialogProps {
  command: 'disable' | 'delete'
  robot: RobotView
  onClose: () => void
}

/** Asks before a robot is disabled or deleted. It is read afresh, so that the decision is on what is there. */
export function RobotCommandDialog({ command, robot, onClose }: RobotCommandDialogProps) {
  const t = useTranslations()
  const toast = useToast()
  const query = useQuery({ ...robotQuery(robot.id), staleTime: 0 })
  const opened = useOpened(query)
  const update = useUpdateRobot(robot.id)
  const remove = useDeleteRobot(robot.id)
  const title = command === 'delete' ? t('robots.delete') : t('robots.disableTitle')
  const name = robot.userName

  if (opened === null) return <LoadingDialog title={title} query={query} onClose={onClose} />
  const { etag } = query.data ?? opened

  function done(text: string) {
    toast({ title: text })
    onClose()
  }

  function onError(failure: unknown) {
    if (isApiError(failure, 'PRECONDITION_FAILED')) void query.refetch()
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
