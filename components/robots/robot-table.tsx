'use client'

import { useTranslations } from 'next-intl'
import type { RobotView } from '@/lib/api/schemas/robots'
import { credentialsHref } from '../routes'
import { TextButton } from '../ui/button'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'
import { Menu, MenuItem } from '../ui/menu'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useNowMs } from '../ui/use-now'
import { RobotPermission } from './robot-permission'

/** What can be done to a robot in a row. */
export type RobotCommand = 'connect' | 'edit' | 'rotate' | 'disable' | 'enable' | 'delete'

interface RobotTableProps {
  /** Null while they load. */
  robots: readonly RobotView[] | null
  stale: boolean
  /** Whether to name the instance of each. */
  withInstance: boolean
  onCommand: (command: RobotCommand, robot: RobotView) => void
}

/** Robots, whether they work, and what can be done about it. */
export function RobotTable({ robots, stale, withInstance, onCommand }: RobotTableProps) {
  const t = useTranslations()
  const nowMs = useNowMs()

  function status({ isDisabled, expiresAt }: RobotView) {
    if (isDisabled) {
      return (
        <Status icon="off" tone="quiet">
          {t('robots.disabled')}
        </Status>
      )
    }
    if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) {
      return (
        <Status icon="warn" tone="warn">
          {t('robots.expired')}
        </Status>
      )
    }
    return (
      <Status icon="ok" tone="ok">
        {t('robots.enabled')}
      </Status>
    )
  }

  const columns: (Column<RobotView> | false)[] = [
    {
      key: 'name',
      header: t('robots.name'),
      kind: 'name',
      skeleton: 'lg',
      cell: ({ userName, description }) => (
        <span className="cell-stack cell-person">
          <span>{userName}</span>
          {description && <small title={description}>{description}</small>}
        </span>
      ),
    },
    withInstance && {
      key: 'instance',
      header: t('robots.instance'),
      repeatsHeader: true,
      skeleton: 'lg',
      cell: ({ regionId, instanceId, instanceName }) => (
        <Link href={credentialsHref(regionId, instanceId)}>{instanceName}</Link>
      ),
    },
    {
      key: 'permission',
      header: t('grants.permission'),
      skeleton: 'lg',
      cell: (robot) => <RobotPermission robot={robot} />,
    },
    { key: 'status', header: t('robots.status'), gives: 3, skeleton: 'md', cell: status },
    {
      key: 'expires',
      header: t('robots.expires'),
      repeatsHeader: true,
      gives: 2,
      skeleton: 'md',
      cell: ({ expiresAt }) =>
        expiresAt === null ? (
          <span className="muted">{t('robots.noExpiry')}</span>
        ) : (
          <Time value={expiresAt} format="date" />
        ),
    },
    {
      key: 'lastUsed',
      header: t('robots.lastUsed'),
      repeatsHeader: true,
      // Beside the instance there is no room for it.
      ...(withInstance && { gives: 1 as const }),
      skeleton: 'md',
      cell: ({ lastUsedAt, lastUsedAddress }) =>
        lastUsedAt === null ? (
          <span className="muted">{t('robots.never')}</span>
        ) : (
          <span className="cell-stack">
            <Time value={lastUsedAt} format="relative" />
            {lastUsedAddress && <small>{t('robots.usedFrom', { address: lastUsedAddress })}</small>}
          </span>
        ),
    },
    {
      key: 'created',
      header: t('robots.created'),
      repeatsHeader: true,
      gives: 0,
      skeleton: 'md',
      cell: ({ createdAt, createdBy }) => (
        <span className="cell-stack">
          <Time value={createdAt} format="date" />
          <small>{createdBy}</small>
        </span>
      ),
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'xl',
      cell: (robot) => {
        const name = { name: robot.userName }
        return (
          <>
            <TextButton aria-label={t('connect.named', name)} onClick={() => onCommand('connect', robot)}>
              {t('connect.title')}
            </TextButton>
            <TextButton aria-label={t('common.editNamed', name)} onClick={() => onCommand('edit', robot)}>
              {t('common.edit')}
            </TextButton>
            <Menu label={t('robots.moreActions', name)} className="icon-button" button={<Icon name="dots" />}>
              <MenuItem icon="key" onSelect={() => onCommand('rotate', robot)}>
                {t('robots.rotate')}
              </MenuItem>
              <MenuItem
                icon={robot.isDisabled ? 'turnon' : 'off'}
                onSelect={() => onCommand(robot.isDisabled ? 'enable' : 'disable', robot)}
              >
                {robot.isDisabled ? t('robots.enable') : t('robots.disable')}
              </MenuItem>
              <MenuItem icon="trash" danger onSelect={() => onCommand('delete', robot)}>
                {t('robots.delete')}
              </MenuItem>
            </Menu>
          </>
        )
      },
    },
  ]
  return (
    <Table
      label={t('robots.title')}
      columns={columns.filter((column) => column !== false)}
      rows={robots}
      rowKey={({ id }) => id}
      stale={stale}
    />
  )
}
