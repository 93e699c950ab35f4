'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { RobotView } from '@/lib/api/schemas/robots'
import { robotsQuery, useEnableRobot } from '../queries/robots'
import { lazyComponent } from '../ui/lazy-component'
import { List, Toolbar } from '../ui/list'
import { EmptyState } from '../ui/empty-state'
import { useToast } from '../ui/toast'
import { useErrorToast } from '../ui/use-error-toast'
import { useListParameters } from '../ui/use-list-parameters'
import { RobotTable } from './robot-table'
import type { RobotCommand } from './robot-table'

const ConnectRobotDialog = lazyComponent(() => import('./connect-robot-dialog'), 'ConnectRobotDialog')
const EditRobotDialog = lazyComponent(() => import('./edit-robot-dialog'), 'EditRobotDialog')
const RobotCommandDialog = lazyComponent(() => import('./robot-command-dialog'), 'RobotCommandDialog')
const RotateSecretDialog = lazyComponent(() => import('./rotate-secret-dialog'), 'RotateSecretDialog')

type OpenDialog = { command: Exclude<RobotCommand, 'enable'>; robot: RobotView } | null

interface RobotListProps {
  /** Null for the robots of all instances. */
  instanceId: string | null
  /** What stands there while there are none. */
  emptyHelp: string
}

/** Robots, of an instance or of all, with a search. */
export function RobotList({ instanceId, emptyHelp }: RobotListProps) {
  const t = useTranslations()
  const toast = useToast()
  const errorToast = useErrorToast()
  const list = useListParameters(['search'])
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const close = () => setDialog(null)
  const query = useQuery(robotsQuery({ instanceId, ...list.filters, ...list.page }))
  const enable = useEnableRobot()

  function run(command: RobotCommand, robot: RobotView) {
    if (command !== 'enable') {
      setDialog({ command, robot })
      return
    }
    enable.mutate(robot.id, {
      onSuccess: () => toast({ title: t('robots.enabledDone', { name: robot.userName }) }),
      onError: errorToast,
    })
  }

  return (
    <>
      <Toolbar list={list} label={t('robots.search')} placeholder={t('robots.searchPlaceholder')} />
      <div className="table-box">
        <List
          list={list}
          query={query}
          nothingFound={t('robots.nothingFound', list.filters)}
          empty={<EmptyState title={t('robots.empty')}>{emptyHelp}</EmptyState>}
          count={(count) => t('robots.count', { count })}
        >
          {(robots, stale) => (
            <RobotTable robots={robots} stale={stale} withInstance={instanceId === null} onCommand={run} />
          )}
        </List>
      </div>
      <Suspense>
        {dialog?.command === 'connect' && <ConnectRobotDialog robot={dialog.robot} onClose={close} />}
        {dialog?.command === 'edit' && <EditRobotDialog robotId={dialog.robot.id} onClose={close} />}
        {dialog?.command === 'rotate' && <RotateSecretDialog robot={dialog.robot} onClose={close} />}
        {(dialog?.command === 'disable' || dialog?.command === 'delete') && (
          <RobotCommandDialog command={dialog.command} robot={dialog.robot} onClose={close} />
        )}
      </Suspense>
    </>
  )
}
