'use client'

import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { SelectBox } from '../bulk/select-box'
import type { Selection } from '../bulk/use-selection'
import { repositoriesHref, repositoryHref } from '../routes'
import { TextButton } from '../ui/button'
import { Link } from '../ui/link'
import { Middle } from '../ui/middle'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { LastTime, Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { Pulled } from '../figures/pulled'
import { ImmutabilityStatus } from '../immutability/immutability-status'
import { TypeStatus } from './repository-status'

interface RepositoryTableProps {
  region: RegionId
  /** Null while they load. */
  repositories: readonly RepositoryView[] | null
  stale: boolean
  /** Whether the column that chooses rows is there while they load, so that the others keep their places. */
  maySelect: boolean
  sort: string
  onSort: (sort: string) => void
  onDelete: (repository: RepositoryView) => void
  selection: Selection<RepositoryView>
}

/** Repositories with their settings and size; Manage leads to one. */
export function RepositoryTable({
  region,
  repositories,
  stale,
  maySelect,
  sort,
  onSort,
  onDelete,
  selection,
}: RepositoryTableProps) {
  const t = useTranslations()
  const format = useFormat()
  const managed = repositories?.filter(({ access }) => access === 'MANAGE') ?? []
  const chosenCount = managed.filter((repository) => selection.has(repository)).length
  const selectColumn: Column<RepositoryView> = {
    key: 'select',
    header: '',
    head: (
      <SelectBox
        label={t('bulk.selectPage')}
        disabled={repositories === null}
        checked={chosenCount > 0 && chosenCount === managed.length}
        isPartial={chosenCount > 0 && chosenCount < managed.length}
        onChange={(isChosen) => selection.toggle(managed, isChosen, managed)}
      />
    ),
    kind: 'check',
    skeleton: 'sm',
    cell: (repository) =>
      repository.access === 'MANAGE' && (
        <SelectBox
          label={t('bulk.selectNamed', { name: `${repository.namespace}/${repository.name}` })}
          checked={selection.has(repository)}
          onChange={(isChosen) => selection.toggle([repository], isChosen, managed)}
        />
      ),
  }
  const columns: Column<RepositoryView>[] = [
    ...(maySelect || managed.length > 0 ? [selectColumn] : []),
    {
      key: 'name',
      header: t('repositories.name'),
      kind: 'name',
      sort: ['name', '-name'],
      skeleton: 'xl',
      cell: (repository) => (
        <Link href={repositoryHref(region, repository, 'details')} title={repository.name}>
          <Middle text={repository.name} />
        </Link>
      ),
    },
    {
      key: 'namespace',
      header: t('repositories.namespace'),
      repeatsHeader: true,
      gives: 3,
      skeleton: 'md',
      cell: (repository) => (
        <Link className="quiet" href={repositoriesHref(region, repository.instanceId, repository.namespace)}>
          <Middle text={repository.namespace} />
        </Link>
      ),
    },
    {
      key: 'type',
      header: t('repositories.type'),
      gives: 1,
      skeleton: 'md',
      cell: (repository) => <TypeStatus type={repository.type} />,
      fold: (repository) => <TypeStatus type={repository.type} />,
    },
    {
      key: 'immutability',
      header: t('repositories.immutability'),
      skeleton: 'lg',
      cell: (repository) => <ImmutabilityStatus mode={repository.immutability.mode} />,
    },
    {
      key: 'tags',
      header: t('tags.title'),
      kind: 'number',
      sort: ['-tags', 'tags'],
      gives: 3,
      skeleton: 'sm',
      cell: (repository) => format.number(repository.tagCount),
    },
    {
      key: 'size',
      header: t('repositories.size'),
      kind: 'number',
      sort: ['-size', 'size'],
      gives: 2,
      skeleton: 'md',
      cell: (repository) => format.bytes(repository.sizeBytes),
    },
    {
      key: 'pushed',
      header: t('repositories.lastPush'),
      repeatsHeader: true,
      sort: ['-lastPushedAt', 'lastPushedAt'],
      skeleton: 'md',
      cell: ({ lastPushedAt }) => <LastTime value={lastPushedAt} never={t('repositories.neverPushed')} />,
    },
    {
      key: 'pulled',
      header: t('figures.pulled'),
      repeatsHeader: true,
      gives: 0,
      skeleton: 'md',
      fold: ({ lastPulledAt, pullCount }) =>
        lastPulledAt && (
          <span>
            {t('figures.pullCount', { count: pullCount })} (<Time value={lastPulledAt} format="relative" />)
          </span>
        ),
      cell: ({ lastPulledAt, pullCount }) => <Pulled lastPulledAt={lastPulledAt} pullCount={pullCount} />,
    },
    {
      key: 'created',
      header: t('repositories.created'),
      repeatsHeader: true,
      gives: 0,
      sort: ['-createdAt', 'createdAt'],
      skeleton: 'md',
      cell: (repository) => <Time value={repository.createdAt} format="date" />,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (repository) => {
        const path = `${repository.namespace}/${repository.name}`
        const isManaged = repository.access === 'MANAGE'
        return (
          <>
            <Link
              href={repositoryHref(region, repository, 'details')}
              aria-label={isManaged ? t('common.manageNamed', { name: path }) : t('common.viewNamed', { name: path })}
            >
              {isManaged ? t('common.manage') : t('common.view')}
            </Link>
            {isManaged && (
              <TextButton
                danger
                aria-label={t('common.deleteNamed', { name: path })}
                onClick={() => onDelete(repository)}
              >
                {t('common.delete')}
              </TextButton>
            )}
          </>
        )
      },
    },
  ]
  return (
    <Table
      label={t('repositories.title')}
      columns={columns}
      rows={repositories}
      rowKey={(repository) => repository.id}
      stale={stale}
      sort={sort}
      onSort={onSort}
      choice="repositories"
    />
  )
}

/** The columns that a person may hide. */
export function useRepositoryColumns() {
  const t = useTranslations()
  return [
    { key: 'namespace', header: t('repositories.namespace') },
    { key: 'type', header: t('repositories.type') },
    { key: 'immutability', header: t('repositories.immutability') },
    { key: 'tags', header: t('tags.title') },
    { key: 'size', header: t('repositories.size') },
    { key: 'pushed', header: t('repositories.lastPush') },
    { key: 'pulled', header: t('figures.pulled') },
    { key: 'created', header: t('repositories.created') },
  ]
}
