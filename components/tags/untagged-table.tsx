'use client'

import { useTranslations } from 'next-intl'
import type { UntaggedManifestView } from '@/lib/api/schemas/tags'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { DigestLink } from '../ui/digest-link'
import { Platforms } from './platforms'

interface UntaggedTableProps {
  /** Null while they load. */
  manifests: readonly UntaggedManifestView[] | null
  stale: boolean
  /** The page of a manifest. */
  hrefOf: (digest: string) => string
}

/** Manifests that nothing reaches. */
export function UntaggedTable({ manifests, stale, hrefOf }: UntaggedTableProps) {
  const t = useTranslations()
  const format = useFormat()
  const columns: Column<UntaggedManifestView>[] = [
    {
      key: 'digest',
      header: t('tags.digest'),
      kind: 'name',
      grows: true,
      skeleton: 'lg',
      cell: ({ digest }) => (
        <DigestLink digest={digest} href={hrefOf(digest)} label={t('untagged.copyDigest', { digest })} />
      ),
    },
    {
      key: 'platforms',
      header: t('tags.platforms'),
      gives: 1,
      skeleton: 'lg',
      cell: (manifest) => <Platforms of={manifest} />,
    },
    {
      key: 'size',
      header: t('tags.size'),
      kind: 'number',
      skeleton: 'md',
      cell: ({ sizeBytes }) => format.bytes(sizeBytes),
    },
    {
      key: 'pushed',
      header: t('tags.pushed'),
      repeatsHeader: true,
      gives: 2,
      skeleton: 'md',
      cell: ({ pushedAt }) => <Time value={pushedAt} format="relative" />,
    },
    {
      key: 'by',
      header: t('tags.pushedBy'),
      gives: 0,
      skeleton: 'md',
      cell: ({ pushedBy }) => pushedBy,
    },
    {
      key: 'since',
      header: t('untagged.since'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ unreachedSince }) => <Time value={unreachedSince} format="relative" />,
    },
    {
      key: 'removed',
      header: t('untagged.removedAfter'),
      repeatsHeader: true,
      skeleton: 'md',
      cell: ({ removedAfter }) =>
        removedAfter === null ? t('untagged.never') : <Time value={removedAfter} format="date" />,
    },
  ]
  return (
    <Table
      label={t('untagged.title')}
      columns={columns}
      rows={manifests}
      rowKey={({ digest }) => digest}
      stale={stale}
    />
  )
}
