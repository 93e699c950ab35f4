'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { FiguresView, TopRepositoryView } from '@/lib/api/schemas/figures'
import type { RegionId } from '@/lib/domain/regions'
import { repositoriesHref, repositoryHref } from '../routes'
import { Link } from '../ui/link'
import { Section } from '../ui/page'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { useFormat } from '../ui/use-format'

interface TopRepositoriesProps {
  region: RegionId
  instanceId: string
  /** Undefined while they load. */
  figures: FiguresView | undefined
  repositoryCount: number
}

/** The repositories that are pulled from most, or the largest ones. */
export function TopRepositories({ region, instanceId, figures, repositoryCount }: TopRepositoriesProps) {
  const t = useTranslations('figures')
  const format = useFormat()
  const [sort, setSort] = useState<'-pulls' | '-size'>('-pulls')
  const days = figures?.days.length ?? 30
  const rows = figures === undefined ? null : sort === '-pulls' ? figures.mostPulled : figures.largest
  const columns: Column<TopRepositoryView>[] = [
    {
      key: 'name',
      header: t('repository'),
      kind: 'name',
      skeleton: 'xl',
      cell: ({ namespace, name }) => (
        <Link href={repositoryHref(region, { instanceId, namespace, name }, 'details')} title={`${namespace}/${name}`}>
          {namespace}/{name}
        </Link>
      ),
    },
    {
      key: 'pulls',
      header: t('pulls'),
      kind: 'number',
      sort: ['-pulls', '-pulls'],
      skeleton: 'md',
      cell: ({ pulls }) => format.number(pulls),
    },
    {
      key: 'pushes',
      header: t('pushes'),
      kind: 'number',
      gives: 0,
      fold: ({ pushes }) => t('pushCount', { count: pushes }),
      skeleton: 'md',
      cell: ({ pushes }) => format.number(pushes),
    },
    {
      key: 'size',
      header: t('size'),
      kind: 'number',
      sort: ['-size', '-size'],
      skeleton: 'md',
      cell: ({ sizeBytes }) => format.bytes(sizeBytes),
    },
  ]
  return (
    <Section
      title={t('topOfDays', { days })}
      aside={<Link href={repositoriesHref(region, instanceId)}>{t('all', { count: repositoryCount })}</Link>}
    >
      {rows?.length === 0 ? (
        <p className="section-body muted">{t('nothingPulled', { days })}</p>
      ) : (
        <Table
          label={t('top')}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          sort={sort}
          onSort={(next) => setSort(next === '-size' ? '-size' : '-pulls')}
        />
      )}
    </Section>
  )
}
