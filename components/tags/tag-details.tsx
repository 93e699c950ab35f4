'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { TagSpaceView } from '@/lib/api/schemas/space'
import type { TagHistoryEntryView } from '@/lib/api/schemas/tag-history'
import type { TagWithEffectView } from '@/lib/api/schemas/tags'
import type { RegionId } from '@/lib/domain/regions'
import { DetailsCard } from '../image/details-card'
import { TagLinks } from '../image/tag-links'
import { clientOf } from '../ledger/event-texts'
import { manifestQuery, tagSpaceQuery } from '../queries/manifests'
import { firstHistoryPage, tagHistoryQuery } from '../queries/tag-history'
import { tagEvidenceHref, tagEvidenceQuery } from '../queries/transparency'
import { tagHref } from '../routes'
import { CopyButton } from '../ui/copy-button'
import { DownloadLink } from '../ui/download-link'
import { Fact } from '../ui/fact'
import { Middle } from '../ui/middle'
import { Status } from '../ui/status'
import { Time } from '../ui/time'
import { useFormat } from '../ui/use-format'

interface TagDetailsProps {
  region: RegionId
  repository: RepositoryView
  tag: TagWithEffectView
  /** Whether the person may see the history, which names people and addresses. */
  maySeeHistory: boolean
}

/** A tag in facts: what it points at since when, how large that is, who pushed it from where and with what. */
export function TagDetails({ region, repository, tag, maySeeHistory }: TagDetailsProps) {
  const t = useTranslations()
  const manifest = useQuery(manifestQuery(repository.id, tag.digest)).data
  const history = useQuery({
    ...tagHistoryQuery(repository.id, tag.name, firstHistoryPage),
    enabled: maySeeHistory,
  }).data
  const push = history?.items.find((entry) => isPushOf(entry, tag.digest))
  return (
    <DetailsCard repositoryId={repository.id} manifest={manifest}>
      <Fact label={t('tags.digest')} full>
        <span className="copy">
          <code>
            <Middle text={tag.digest} />
          </code>
          <CopyButton text={tag.digest} label={t('tags.copyDigest', { name: tag.name })} />
        </span>
      </Fact>
      <Fact label={t('tagHistory.unchangedSince')}>
        <Time value={tag.pushedAt} format="minute" /> <TagEvidence repositoryId={repository.id} tag={tag} />
      </Fact>
      <Fact label={t('tags.size')}>
        <TagSize repositoryId={repository.id} tag={tag} />
      </Fact>
      <Fact label={t('tags.pushedBy')}>
        {manifest?.pushedBy ?? tag.pushedBy}{' '}
        {manifest && (
          <span className="muted">
            <Time value={manifest.pushedAt} format="minute" />
          </span>
        )}
      </Fact>
      <Fact label={t('tags.protection')}>
        <Status icon={tag.isProtected ? 'lock' : 'free'} tone={tag.isProtected ? 'accent' : 'quiet'}>
          {tag.isProtected ? t('tags.protected') : t('tags.unprotected')}
        </Status>
      </Fact>
      {push && (
        <Fact label={t('ledger.client')}>
          <span title={push.userAgent}>{clientOf(push) || t('common.none')}</span>{' '}
          {push.address !== '' && <span className="muted">{t('image.from', { address: push.address })}</span>}
        </Fact>
      )}
      {manifest && (
        <TagLinks
          label={t('image.alsoTagged')}
          names={manifest.tags.items.filter((name) => name !== tag.name)}
          hrefOf={(name) => tagHref(region, repository, name)}
        />
      )}
    </DetailsCard>
  )
}

/** Whether a client stored the digest then, as opposed to a restoration of it. */
function isPushOf({ kind, digest }: TagHistoryEntryView, current: string): boolean {
  return digest === current && (kind === 'CREATED' || kind === 'MOVED')
}

function TagSize({ repositoryId, tag }: { repositoryId: string; tag: TagWithEffectView }) {
  const t = useTranslations()
  const format = useFormat()
  const space = useQuery(tagSpaceQuery(repositoryId, tag.name)).data

  function sharedText({ exclusiveBytes, isComplete }: TagSpaceView): string {
    const size = format.bytes(exclusiveBytes)
    if (exclusiveBytes === tag.sizeBytes) return t('image.allNowhereElse')
    if (!isComplete) return exclusiveBytes === 0 ? '' : t('image.atLeastNowhereElse', { size })
    return exclusiveBytes === 0 ? t('image.allShared') : t('image.nowhereElse', { size })
  }

  return (
    <>
      {format.bytes(tag.sizeBytes)}
      {space && <span className="muted">{sharedText(space)}</span>}
    </>
  )
}

/** The leaf of the transparency log that says so, and its evidence to download; nothing where the log does not say so. */
function TagEvidence({ repositoryId, tag }: { repositoryId: string; tag: TagWithEffectView }) {
  const t = useTranslations()
  const verdict = useQuery(tagEvidenceQuery(repositoryId, tag.name, tag.digest)).data?.verdict
  if (verdict === undefined || verdict.leaf === null || verdict.digest !== tag.digest) return null
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap">
      <span className="muted">{t('transparency.leaf', { index: verdict.leaf })}</span>
      <DownloadLink
        href={tagEvidenceHref(repositoryId, tag.name)}
        name={`evidence-${tag.name}.json`}
        label={t('transparency.evidence', { tag: tag.name })}
      />
    </span>
  )
}
