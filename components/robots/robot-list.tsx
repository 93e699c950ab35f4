'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Suspense, lazy, useState } from 'react'
import type { RobotView } from '@/lib/api/schemas/robots'
import { robotsQuery, useEnableRobot } from '../queries/robots'
import { Button } from '../ui/button'
import { SearchField } from '../ui/filters'
import { EmptyState, ErrorState } from '../ui/states'
import { TableFoot } from '../ui/table-foot'
import { useToast } from '../ui/toast'
import { useErrorText } from '../ui/use-error-text'
import { useListParameters } from '../ui/use-list-parameters'
import { RobotTable } from './robot-table'
import type { RobotCommand } from './robot-table'

// Loaded when one is opened: most visits open none.
const EditRobotDialog = lazy(() =>
  import('./edit-robot-dialog').then(({ EditRobotDialog }) => ({ default: EditRobotDialog })),
)
const RobotCommandDialog = lazy(() =>
  import('./robot-command-dialog').then(({ RobotCommandDialog }) => ({ default: RobotCommandDialog })),
)
const RotateSecretDialog = lazy(() =>
  import('./rotate-secret-dialog').then(({ RotateSecretDialog }) => ({ default: RotateSecretDialog })),
)

type OpenDialog = { command: Exclude<RobotCommand, 'enable'>; robot: RobotView } | null

interface RobotListProps {
  /** Null: those of all instances. */
  instanceId: string | null
  /** What stands there while there are none. */
  emptyHelp: string
}

/** Robots, of an instance or of all, with a search. */
export function RobotList({ instanceId, emptyHelp }: RobotListProps) {
  const t = useTranslations()
  const toast = useToast()
  const errorText = useErrorText()
  const list = useListParameters()
  const [dialog, setDialog] = useState<OpenDialog>(null)
  const search = list.get('search')
  const { data, error, isPending, isPlaceholderData, dataUpdatedAt, refetch } = useQuery(
    robotsQuery({ instanceId, search, pageSize: list.pageSize, cursor: list.cursor }),
  )
  const enable = useEnableRobot()

  function run(command: RobotCommand, robot: RobotView) {
    if (command !== 'enable') {
      setDialog({ command, robot })
      return
    }
    enable.mutate(robot.id, {
      onSuccess: () => toast({ title: t('robots.enabledDone', { name: robot.userName }) }),
      onError: (failure) => toast({ kind: 'danger', title: errorText(failure) }),
    })
  }

  function content() {
    if (!isPending && error) {
      return <ErrorState title={t('table.failed')} error={error} onRetry={() => void refetch()} />
    }
    if (data?.items.length === 0) {
      return search ? (
        <EmptyState
          title={t('table.nothingFound')}
          action={<Button onClick={() => list.set({ search: '' })}>{t('table.clearFilters')}</Button>}
        >
          {t('robots.nothingFound', { search })}
        </EmptyState>
      ) : (
        <EmptyState title={t('robots.empty')}>{emptyHelp}</EmptyState>
      )
    }
    return (
      <RobotTable
        robots={data?.items ?? null}
        readAtMs={dataUpdatedAt}
        stale={isPlaceholderData}
        withInstance={instanceId === null}
        onCommand={run}
      />
    )
  }

  return (
    <>
      <div className="toolbar" role="search">
        <SearchField
          label={t('robots.search')}
          placeholder={t('robots.searchPlaceholder')}
          value={search}
          onSearch={(text) => list.set({ search: text })}
        />
      </div>
      <div className="table-box">
        {content()}
        {!error && data?.items.length !== 0 && (
          <TableFoot list={list} page={data}>
            {data && t('robots.count', { count: data.totalCount })}
          </TableFoot>
        )}
      </div>
      <Suspense>
        {dialog?.command === 'edit' && <EditRobotDialog robotId={dialog.robot.id} onClose={() => setDialog(null)} />}
        {dialog?.command === 'rotate' && <RotateSecretDialog robot={dialog.robot} onClose={() => setDialog(null)} />}
        {(dialog?.command === 'disable' || dialog?.command === 'delete') && (
          <RobotCommandDialog command={dialog.command} robot={dialog.robot} onClose={() => setDialog(null)} />
        )}
      </Suspense>
    </>
  )
}
