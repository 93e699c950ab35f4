'use client'

import { useTranslations } from 'next-intl'
import type { RobotView } from '@/lib/api/schemas/robots'
import { robotQuery, useDeleteRobot, useUpdateRobot } from '../queries/robots'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { OpenedDialog } from '../ui/opened-dialog'

interface RobotCommandDialogProps {
  command: 'disable' | 'delete'
  robot: RobotView
  onClose: () => void
}

/** Asks before a robot is disabled or deleted. It is read afresh, so that the decision is on what is there. */
export function RobotCommandDialog({ command, robot, onClose }: RobotCommandDialogProps) {
  const t = useTranslations()
  const update = useUpdateRobot(robot.id)
  const remove = useDeleteRobot(robot.id)
  const title = command === 'delete' ? t('robots.delete') : t('robots.disableTitle')
  const name = robot.userName
  return (
    <OpenedDialog title={title} query={robotQuery(robot.id)} onClose={onClose}>
      {({ current: { etag }, reload }) =>
        command === 'delete' ? (
          <ConfirmDialog
            title={title}
            subject={name}
            consequence={t('robots.deleteConsequence')}
            confirm={title}
            typed
            action={remove}
            variables={etag}
            done={{ title: t('robots.deleted', { name }) }}
            reload={reload}
            onClose={onClose}
          />
        ) : (
          <ConfirmDialog
            title={title}
            subject={name}
            consequence={t('robots.disableConsequence')}
            confirm={t('robots.disable')}
            action={update}
            variables={{ body: { isDisabled: true }, etag }}
            done={{ title: t('robots.disabledDone', { name }) }}
            reload={reload}
            onClose={onClose}
          />
        )
      }
    </OpenedDialog>
  )
}
