'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { FiguresView } from '@/lib/api/schemas/figures'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { blockedPushesHref, maintenanceHref } from '../routes'
import { Link } from '../ui/link'
import { Skeleton } from '../ui/states'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'
import { Spark } from './spark'

interface FigureRowProps {
  region: RegionId
  instance: InstanceView
  /** Undefined while they load. */
  figures: FiguresView | undefined
}

/** What an instance holds and what happened lately, in four numbers. */
export function FigureRow({ region, instance, figures }: FigureRowProps) {
  const t = useTranslations('figures')
  const format = useFormat()
  const isAdministrator = useIsAdministrator()
  const days = figures?.days ?? []
  const pushes = days.reduce((sum, day) => sum + day.pushes, 0)
  const reclaimable =
    figures &&
    (figures.reclaimable === null
      ? t('reclaimableUnknown')
      : t('reclaimable', { size: format.bytes(figures.reclaimable.bytes) }))
  const refused = figures?.refusals
  const about = refused && t('refusedAbout', { tags: refused.tagCount, repositories: refused.repositoryCount })
  return (
    <dl className="figures figures--framed">
      <Figure
        label={t('repositories')}
        value={format.number(instance.repositoryCount)}
        note={
          figures && t('repositoriesNote', { immutable: figures.immutableCount, namespaces: instance.namespaceCount })
        }
      />
      <Figure
        label={t('tags')}
        value={format.number(instance.tagCount)}
        spark={<Spark kind="line" values={days.map((day) => day.pushes)} />}
        note={figures && t('tagsNote', { count: pushes, days: days.length })}
      />
      <Figure
        label={t('storage')}
        value={format.bytes(instance.storageBytes)}
        spark={<Spark kind="line" values={days.map(({ storageBytes }) => storageBytes)} />}
        note={isAdministrator ? <Link href={maintenanceHref('garbage-collection')}>{reclaimable}</Link> : reclaimable}
      />
      <Figure
        label={t('refusedWeek')}
        value={
          refused &&
          (refused.isCapped ? t('atLeast', { count: format.number(refused.count) }) : format.number(refused.count))
        }
        spark={<Spark kind="bars" values={days.slice(-7).map(({ refusals }) => refusals)} />}
        note={
          refused?.count === 0 ? t('noneRefused') : <Link href={blockedPushesHref(region, instance.id)}>{about}</Link>
        }
      />
    </dl>
  )
}

interface FigureProps {
  label: string
  /** Undefined while it loads. */
  value: string | undefined
  spark?: ReactNode
  note: ReactNode
}

function Figure({ label, value, spark, note }: FigureProps) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd className="value">{value ?? <Skeleton width="md" />}</dd>
      <dd className="figure-spark">{spark}</dd>
      <dd className="note">{note ?? <Skeleton width="lg" />}</dd>
    </div>
  )
}
