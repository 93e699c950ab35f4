'use client'

import { useQuery } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'next-intl'
import type { FiguresView } from '@/lib/api/schemas/figures'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { formatBytesUpTo, formatCompact } from '@/lib/i18n/format'
import { figuresQuery } from '../queries/figures'
import { blockedPushesHref } from '../routes'
import { failureOf } from '../ui/failure'
import { Link } from '../ui/link'
import { Section } from '../ui/page'
import { LoadError } from '../ui/states'
import { useFormat } from '../ui/use-format'
import { Chart } from './chart'
import { bytesScale, countScale } from './chart-scale'
import { FigureRow } from './figure-row'
import { TopRepositories } from './top-repositories'

interface OverviewFiguresProps {
  region: RegionId
  instance: InstanceView
  /** For how many days. */
  days: number
}

/** What an instance holds and what happens in it, over time: for who may pull from all of it. */
export function OverviewFigures({ region, instance, days }: OverviewFiguresProps) {
  const query = useQuery(figuresQuery(instance.id, days))
  const error = failureOf(query)
  if (error !== null) return <LoadError error={error} onRetry={() => void query.refetch()} />
  return (
    <>
      <FigureRow region={region} instance={instance} figures={query.data} />
      <Charts region={region} instanceId={instance.id} figures={query.data} />
      <TopRepositories
        region={region}
        instanceId={instance.id}
        figures={query.data}
        repositoryCount={instance.repositoryCount}
      />
    </>
  )
}

interface ChartsProps {
  region: RegionId
  instanceId: string
  figures: FiguresView | undefined
}

function Charts({ region, instanceId, figures }: ChartsProps) {
  const t = useTranslations('figures')
  const locale = useLocale()
  const format = useFormat()
  const values = figures?.days ?? []
  const days = values.map(({ day }) => day)
  const storage = values.map(({ storageBytes }) => storageBytes)
  const [pulls, pushes, refusals] = [
    values.map((day) => day.pulls),
    values.map((day) => day.pushes),
    values.map((day) => day.refusals),
  ]
  const known = storage.flatMap((bytes) => (bytes === null ? [] : [bytes]))
  const storageScale = bytesScale(Math.max(0, ...known))
  const compact = (value: number) => formatCompact(value, locale)
  const loading = <div className="chart chart--loading" aria-busy="true" />
  return (
    <>
      <div className="grid-2">
        <Section title={t('activity')} aside={<Legend names={[t('pulls'), t('pushes')]} />}>
          {figures === undefined ? (
            loading
          ) : (
            <Chart
              title={t('activity')}
              summary={t('activitySummary', { pulls: sum(pulls), pushes: sum(pushes), days: days.length })}
              kind="lines"
              days={days}
              series={[
                { name: t('pulls'), values: pulls },
                { name: t('pushes'), values: pushes },
              ]}
              scale={countScale(Math.max(0, ...pulls, ...pushes))}
              format={format.number}
              formatLine={compact}
            />
          )}
        </Section>
        <Section title={t('refused')} aside={<Link href={blockedPushesHref(region, instanceId)}>{t('viewAll')}</Link>}>
          {figures === undefined ? (
            loading
          ) : (
            <Chart
              title={t('refused')}
              summary={t('refusedSummary', { count: sum(refusals), days: days.length })}
              kind="bars"
              days={days}
              series={[{ name: t('refusedShort'), values: refusals }]}
              scale={countScale(Math.max(0, ...refusals))}
              format={format.number}
              formatLine={compact}
            />
          )}
        </Section>
      </div>
      <Section title={t('storageOverTime')} aside={<span className="muted">{t('deduplicated')}</span>}>
        {figures === undefined ? (
          loading
        ) : (
          <Chart
            title={t('storageOverTime')}
            summary={t('storageSummary', {
              first: format.bytes(known[0] ?? 0),
              last: format.bytes(known.at(-1) ?? 0),
              days: days.length,
            })}
            kind="area"
            days={days}
            series={[{ name: t('storage'), values: storage }]}
            scale={storageScale}
            format={format.bytes}
            formatLine={formatBytesUpTo(storageScale[0] ?? 0, locale)}
          />
        )}
      </Section>
    </>
  )
}

function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul className="legend">
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  )
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
