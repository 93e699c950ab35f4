'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { RobotView } from '@/lib/api/schemas/robots'
import { ConnectDialog } from '../connect/connect-dialog'
import { instanceQuery } from '../queries/instances'
import { LoadingDialog } from '../ui/loading-dialog'
import { robotConnection } from './robot-connection'

/** How a robot connects to the registry of its instance. */
export function ConnectRobotDialog({ robot, onClose }: { robot: RobotView; onClose: () => void }) {
  const t = useTranslations()
  const query = useQuery(instanceQuery(robot.instanceId))
  if (!query.data) return <LoadingDialog title={t('connect.title')} query={query} onClose={onClose} />
  const { registryHost, registryAddress, userNamePrefix } = query.data.data
  return (
    <ConnectDialog
      connection={{
        registryHost,
        registryAddress,
        userName: `${userNamePrefix}${robot.userName}`,
        ...robotConnection(robot),
      }}
      first="github"
      help={t('connect.robotHelp')}
      onClose={onClose}
    />
  )
}
