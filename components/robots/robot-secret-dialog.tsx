'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RobotWithSecretView } from '@/lib/api/schemas/robots'
import { instanceQuery } from '../queries/instances'
import { SecretDialog } from '../connect/secret-dialog'
import { robotConnection } from './robot-connection'

interface RobotSecretDialogProps {
  title: string
  robot: RobotWithSecretView
  onClose: () => void
}

/** Shows a robot's secret, this once, and how it logs on. */
export function RobotSecretDialog({ title, robot, onClose }: RobotSecretDialogProps) {
  const t = useTranslations()
  const instance = useQuery(instanceQuery(robot.instanceId)).data?.data
  return (
    <SecretDialog
      title={title}
      name={{ label: t('credentials.userName'), value: `${instance?.userNamePrefix ?? ''}${robot.userName}` }}
      secret={{ label: t('robots.secret'), value: robot.secret }}
      // With the secret it signs requests of ACR's API, as an access key does.
      more={{ label: t('accessKeys.id'), value: robot.id }}
      connect={instance ? robotConnect(robot, instance) : null}
      onClose={onClose}
    />
  )
}

function robotConnect(robot: RobotWithSecretView, { registryHost, registryAddress }: InstanceView) {
  return { connection: { registryHost, registryAddress, ...robotConnection(robot) }, first: 'github' as const }
}
