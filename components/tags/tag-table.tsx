'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { TagView } from '@/lib/api/schemas/tags'
import { TextButton } from '../ui/button'
import { useCopyCommand } from '../ui/copy-button'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'
import { Digest } from '../ui/digest'
import { Platforms } from './platforms'

interface TagTableProps {
  /** Host and path for commands; null while it loads. */
  address: string | null
  isImmutable: boolean
  /** Whether the person may delete tags, as far as they are not protected. */
  isManaged: boolean
  /** Null while they load. */
  tags: readonly TagView[] | null
  stale: boolean
  sort: string
  onSort: (sort: string) => void
  /** The page of a tag. */
  hrefOf: (tag: TagView) => string
  onCopy: (tag: TagView) => void
  onDelete: (tag: TagView) => void
}

/** Tags and what they point at. */
export function TagTable(props: TagTableProps) {
  const { address, isImmutable, isManaged, tags, stale, sort, onSort, hrefOf, onCopy, onDelete } = props
  const isAdministrator = useIsAdministrator()
  const t = useTranslations()
  const format = useFormat()
  const columns: Column<TagView>[] = [
    {
      key: 'name',
      header: t('tags.tag'),
      kind: 'name',
      sort: ['name', '-name'],
      skeleton: 'lg',
      cell: (tag) => (
        <Link className="mono tag-name" title={tag.name} href={hrefOf(tag)} prefetch={false}>
          {shortened(tag.name)}
        </Link>
      ),
    },
    {
      key: 'protection',
      header: t('tags.protection'),
      skeleton: 'md',
      cell: (tag) => <Protection tag={tag} isImmutable={isImmutable} />,
    },
    {
      key: 'digest',
      header: t('tags.digest'),
      grows: true,
      skeleton: 'lg',
      cell: (tag) => <Digest digest={tag.digest} label={t('tags.copyDigest', { name: tag.name })} />,
    },
    {
      key: 'platforms',
      header: t('tags.platforms'),
      hideBelow: 'lg',
      skeleton: 'lg',
      cell: (tag) => <Platforms of={tag} />,
    },
    {
      key: 'size',
      header: t('tags.size'),
      kind: 'number',
      skeleton: 'md',
      cell: (tag) => format.bytes(tag.sizeBytes),
    },
    {
      key: 'pushed',
      header: t('tags.pushed'),
      sort: ['-pushedAt', 'pushedAt'],
      skeleton: 'md',
      cell: (tag) => <Time value={tag.pushedAt} format="relative" />,
    },
    {
      key: 'by',
      header: t('tags.pushedBy'),
      hideBelow: 'xl',
      skeleton: 'md',
      cell: (tag) => tag.pushedBy,
    },
    {
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (tag) => (
        <>
          {address && <PullCommand address={address} name={tag.name} />}
          <TextButton aria-label={t('tagHistory.copyNamed', { name: tag.name })} onClick={() => onCopy(tag)}>
            {t('tagHistory.copy')}
          </TextButton>
          {isManaged && (isAdministrator || !tag.isProtected) && (
            <TextButton danger aria-label={t('common.deleteNamed', { name: tag.name })} onClick={() => onDelete(tag)}>
              {t('common.delete')}
            </TextButton>
          )}
        </>
      ),
    },
  ]
  return (
    <Table
      label={t('tags.title')}
      columns={columns}
      rows={tags}
      rowKey={(tag) => tag.name}
      stale={stale}
      sort={sort}
      onSort={onSort}
    />
  )
}

function PullCommand({ address, name }: { address: string; name: string }) {
  const t = useTranslations()
  const copy = useCopyCommand(`docker pull ${address}:${name}`)
  return (
    <TextButton aria-label={t('tags.copyPullNamed', { name })} onClick={() => void copy()}>
      {t('tags.pullCommand')}
    </TextButton>
  )
}

function Protection({ tag, isImmutable }: { tag: TagView; isImmutable: boolean }) {
  const t = useTranslations()
  if (tag.isProtected) {
    return (
      <Status icon="lock" tone="accent">
        {t('tags.protected')}
      </Status>
    )
  }
  return (
    <Status icon="free" tone="quiet">
      {isImmutable ? t('tags.exempt') : t('tags.unprotected')}
    </Status>
  )
}

const nameLength = 28

/** Long names are cut in the middle: both ends tell them apart. */
function shortened(name: string): string {
  if (name.length <= nameLength) return name
  const kept = nameLength - 1
  return `${name.slice(0, Math.ceil(kept * 0.6))}…${name.slice(-Math.floor(kept * 0.4))}`
}
