'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { InstanceSpaceView } from '@/lib/api/schemas/space'
import type { RegionId } from '@/lib/domain/regions'
import { countInstanceSpace, instanceSpaceQuery } from '../queries/space'
import { repositoriesHref, repositoryHref } from '../routes'
import { Button } from '../ui/button'
import { failureOf } from '../ui/failure'
import { Link } from '../ui/link'
import { Section } from '../ui/page'
import { LoadError, Skeleton } from '../ui/states'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { Treemap } from './treemap'

interface StorageCardProps {
  region: RegionId
  instanceId: string
}

/** What takes the room of an instance: a map of namespaces and repositories, and the same numbers in a table. */
export function StorageCard({ region, instanceId }: StorageCardProps) {
  const t = useTranslations()
  const client = useQueryClient()
  const query = useQuery(instanceSpaceQuery(instanceId))
  const again = useMutation({
    mutationFn: () => countInstanceSpace(instanceId),
    onSuccess: (space) => client.setQueryData(instanceSpaceQuery(instanceId).queryKey, space),
  })
  const space = query.data
  const error = failureOf(query)
  return (
    <Section
      title={t('space.title')}
      aside={
        <>
          {space?.countedAt && (
            <span className="muted">
              {t.rich('space.counted', { time: () => <Time value={space.countedAt ?? ''} format="relative" /> })}
            </span>
          )}
          <Button small icon="refresh" aria-busy={again.isPending} onClick={() => again.mutate()}>
            {t('space.countAgain')}
          </Button>
        </>
      }
    >
      {error !== null ? (
        <LoadError error={error} onRetry={() => void query.refetch()} />
      ) : space === undefined ? (
        <p className="section-body">
          <Skeleton width="xl" />
        </p>
      ) : (
        <Contents region={region} instanceId={instanceId} space={space} />
      )}
    </Section>
  )
}

interface ContentsProps extends StorageCardProps {
  space: InstanceSpaceView
}

interface Row {
  key: string
  namespace: string
  /** Null: the smaller ones of the namespace together. */
  name: string | null
  count: number
  sizeBytes: number
  exclusiveBytes: number | null
}

function Contents({ region, instanceId, space }: ContentsProps) {
  const t = useTranslations()
  const format = useFormat()
  if (space.countedAt === null)
    return (
      <p className="section-body muted" role="status">
        {t('space.counting')}
      </p>
    )
  if (space.sizeBytes === 0) return <p className="section-body muted">{t('space.empty')}</p>
  const hrefOf = (namespace: string, name: string) => repositoryHref(region, { instanceId, namespace, name }, 'tags')
  const rows = space.namespaces.flatMap((namespace): Row[] => [
    ...namespace.repositories.map((repository) => ({
      ...{ key: repository.id, namespace: namespace.name, name: repository.name, count: 1 },
      ...{ sizeBytes: repository.sizeBytes, exclusiveBytes: repository.exclusiveBytes },
    })),
    ...(namespace.otherCount === 0
      ? []
      : [
          {
            ...{
              key: `others of ${namespace.name}`,
              namespace: namespace.name,
              name: null,
              count: namespace.otherCount,
            },
            ...{ sizeBytes: namespace.otherBytes, exclusiveBytes: null },
          },
        ]),
  ])
  const filled = rows.filter(({ sizeBytes }) => sizeBytes > 0).sort((one, other) => other.sizeBytes - one.sizeBytes)
  const columns: Column<Row>[] = [
    {
      key: 'name',
      header: t('repositories.name'),
      kind: 'name',
      skeleton: 'xl',
      cell: ({ namespace, name, count }) =>
        name === null ? (
          <span className="muted">{t('space.others', { count, namespace })}</span>
        ) : (
          <Link href={hrefOf(namespace, name)} title={`${namespace}/${name}`}>
            {namespace}/{name}
          </Link>
        ),
    },
    {
      key: 'size',
      header: t('repositories.size'),
      kind: 'number',
      skeleton: 'md',
      cell: ({ sizeBytes }) => format.bytes(sizeBytes),
    },
    {
      key: 'exclusive',
      header: t('space.exclusive'),
      kind: 'number',
      skeleton: 'md',
      cell: ({ exclusiveBytes }) => (exclusiveBytes === null ? '' : format.bytes(exclusiveBytes)),
    },
  ]
  return (
    <>
      <p className="section-body space-lead">
        {t.rich('space.lead', {
          size: format.bytes(space.sizeBytes),
          strong: (chunks) => <strong>{chunks}</strong>,
        })}
      </p>
      <Treemap
        namespaces={space.namespaces}
        hrefOf={hrefOf}
        hrefOfNamespace={(namespace) => repositoriesHref(region, instanceId, namespace)}
      />
      <Table label={t('space.title')} columns={columns} rows={filled.slice(0, 10)} rowKey={({ key }) => key} />
      {filled.length > 10 && <p className="section-body muted">{t('space.largestTen', { count: filled.length })}</p>}
    </>
  )
}
