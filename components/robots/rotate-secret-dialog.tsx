'use client'

import { useTranslations } from 'next-intl'
import type { RobotView } from '@/lib/api/schemas/robots'
import { useRotateSecret } from '../queries/robots'
import { ConfirmDialog } from '../ui/confirm-dialog'
import { RobotSecretDialog } from './robot-secret-dialog'

/** Gives a robot a new secret, then shows it. */
export function RotateSecretDialog({ robot, onClose }: { robot: RobotView; onClose: () => void }) {
  const t = useTranslations()
  const rotate = useRotateSecret(robot.id)
  if (rotate.data) {
    return (
      <RobotSecretDialog title={t('robots.rotated', { name: robot.userName })} robot={rotate.data} onClose={onClose} />
    )
  }
  return (
    <ConfirmDialog
      title={t('robots.rotate')}
      subject={robot.userName}
      consequence={t('robots.rotateConsequence')}
      confirm={t('common.confirm')}
      danger={false}
      action={rotate}
      variables={undefined}
      onClose={onClose}
    />
  )
}
