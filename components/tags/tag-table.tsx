'use client'

import { useTranslations } from 'next-intl'
import type { TagView } from '@/lib/api/schemas/tags'
import { SelectBox } from '../bulk/select-box'
import type { Selection } from '../bulk/use-selection'
import { useTimeLeft } from '../immutability/time-left'
import { TextButton } from '../ui/button'
import { useCopyCommand } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'
import { Menu, MenuItem } from '../ui/menu'
import { Middle } from '../ui/middle'
import { Status } from '../ui/status'
import { Table } from '../ui/table'
import type { Column } from '../ui/table'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'
import { Digest } from '../ui/digest'
import { Pulled } from '../figures/pulled'
import { AttachmentMarks, countOf } from './attachment-marks'
import { AllPlatforms, Platforms } from './platforms'

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
  selection: Selection<TagView>
}

/** Tags and what they point at. */
export function TagTable(props: TagTableProps) {
  const { address, isImmutable, isManaged, tags, stale, sort, onSort, hrefOf, onCopy, onDelete, selection } = props
  const isAdministrator = useIsAdministrator()
  const t = useTranslations()
  const format = useFormat()
  const chosenCount = (tags ?? []).filter(selection.has).length
  const columns: Column<TagView>[] = [
    {
      key: 'select',
      header: '',
      head: (
        <SelectBox
          label={t('bulk.selectPage')}
          disabled={tags === null}
          checked={chosenCount > 0 && chosenCount === tags?.length}
          isPartial={chosenCount > 0 && chosenCount !== tags?.length}
          onChange={(isChosen) => selection.toggle(tags ?? [], isChosen, tags ?? [])}
        />
      ),
      kind: 'check',
      skeleton: 'sm',
      cell: (tag) => (
        <SelectBox
          label={t('bulk.selectNamed', { name: tag.name })}
          checked={selection.has(tag)}
          onChange={(isChosen) => selection.toggle([tag], isChosen, tags ?? [])}
        />
      ),
    },
    {
      key: 'name',
      header: t('tags.tag'),
      kind: 'name',
      sort: ['name', '-name'],
      skeleton: 'lg',
      cell: (tag) => (
        <Link className="mono tag-name" title={tag.name} href={hrefOf(tag)}>
          <Middle text={tag.name} />
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
      gives: 3,
      skeleton: 'lg',
      fold: (tag) => <Digest digest={tag.digest} label={t('tags.copyDigest', { name: tag.name })} />,
      cell: (tag) => <Digest digest={tag.digest} label={t('tags.copyDigest', { name: tag.name })} />,
    },
    {
      key: 'platforms',
      header: t('tags.platforms'),
      gives: 1,
      skeleton: 'lg',
      fold: (tag) =>
        tag.platforms.length > 1 ? (
          <AllPlatforms platforms={tag.platforms} className="text-button">
            {t('tagTable.platformCount', { count: tag.platforms.length })}
          </AllPlatforms>
        ) : (
          <Platforms of={tag} />
        ),
      cell: (tag) => <Platforms of={tag} />,
    },
    {
      key: 'attachments',
      header: t('tagTable.attachments'),
      repeatsHeader: true,
      gives: 0,
      skeleton: 'md',
      fold: (tag) => (countOf(tag.attachments) === 0 ? null : <AttachmentMarks of={tag.attachments} />),
      cell: (tag) => <AttachmentMarks of={tag.attachments} />,
    },
    {
      key: 'size',
      header: t('tags.size'),
      kind: 'number',
      sort: ['-size', 'size'],
      gives: 2,
      skeleton: 'md',
      cell: (tag) => format.bytes(tag.sizeBytes),
    },
    {
      key: 'pushed',
      header: t('tags.pushed'),
      repeatsHeader: true,
      sort: ['-pushedAt', 'pushedAt'],
      skeleton: 'md',
      cell: (tag) => (
        <span className="two">
          <Time value={tag.pushedAt} format="relative" />
          <small>
            <Middle text={tag.pushedBy} />
          </small>
        </span>
      ),
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
      key: 'actions',
      header: t('table.actions'),
      kind: 'actions',
      skeleton: 'lg',
      cell: (tag) => (
        <TagActions
          tag={tag}
          address={address}
          onCopy={() => onCopy(tag)}
          onDelete={isManaged && (isAdministrator || !tag.isProtected) ? () => onDelete(tag) : null}
        />
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
      sortsAbove
      choice="tags"
    />
  )
}

interface TagActionsProps {
  tag: TagView
  address: string | null
  onCopy: () => void
  /** Null: the person may not. */
  onDelete: (() => void) | null
}

/** What can be done with a tag; what the room is too short for is in a menu (`.in-row-…`, `.in-menu-…` in table.css). */
function TagActions({ tag: { name }, address, onCopy, onDelete }: TagActionsProps) {
  const t = useTranslations()
  const copyPull = useCopyCommand(`docker pull ${address}:${name}`)
  return (
    <>
      {address && (
        <span className="in-row-wide">
          <TextButton aria-label={t('tags.copyPullNamed', { name })} onClick={() => void copyPull()}>
            {t('tags.pullCommand')}
          </TextButton>
        </span>
      )}
      <span className="in-row-wide">
        <TextButton aria-label={t('tagHistory.copyNamed', { name })} onClick={onCopy}>
          {t('tagHistory.copy')}
        </TextButton>
      </span>
      {onDelete && (
        <span className="in-row">
          <TextButton danger aria-label={t('common.deleteNamed', { name })} onClick={onDelete}>
            {t('common.delete')}
          </TextButton>
        </span>
      )}
      <span className="in-menu">
        <Menu label={t('tagTable.moreActions', { name })} className="icon-button" button={<Icon name="dots" />}>
          {address && (
            <MenuItem icon="copy" onSelect={() => void copyPull()}>
              {t('tags.pullCommand')}
            </MenuItem>
          )}
          <MenuItem icon="arrow" onSelect={onCopy}>
            {t('tagHistory.copy')}
          </MenuItem>
          {onDelete && (
            <span className="in-menu-narrow" role="presentation">
              <MenuItem danger onSelect={onDelete}>
                {t('common.delete')}
              </MenuItem>
            </span>
          )}
        </Menu>
      </span>
    </>
  )
}

/** The columns that a person may hide. */
export function useTagColumns() {
  const t = useTranslations()
  return [
    { key: 'protection', header: t('tags.protection') },
    { key: 'digest', header: t('tags.digest') },
    { key: 'platforms', header: t('tags.platforms') },
    { key: 'attachments', header: t('tagTable.attachments') },
    { key: 'size', header: t('tags.size') },
    { key: 'pushed', header: t('tags.pushed') },
    { key: 'pulled', header: t('figures.pulled') },
  ]
}

function Protection({ tag, isImmutable }: { tag: TagView; isImmutable: boolean }) {
  const t = useTranslations()
  const timeLeft = useTimeLeft()
  const left = tag.openUntil === null ? null : timeLeft({ closesAt: tag.openUntil })
  if (tag.isProtected && left !== null) {
    return (
      <Status icon="unlock" tone="warn">
        {t('tagTable.open', { left })}
      </Status>
    )
  }
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
