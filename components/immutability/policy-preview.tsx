'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ImmutabilityPreview } from '@/lib/api/schemas/immutability'
import { previewQuery } from '../queries/immutability'
import type { Policy } from '../queries/immutability'
import { classNames } from '../ui/class-names'
import { Time } from '../ui/time'
import { useSettled } from '../ui/use-settled'
import { PreviewError, PreviewLine, PreviewSkeleton } from './preview-parts'

/** How long a policy stands as it is before its preview is read. */
const typingMs = 250

/** Reads what a policy would do, shortly after it stops to change. */
export function usePolicyPreview(repositoryId: string, policy: Policy) {
  const wanted = JSON.stringify(policy)
  const settled = useSettled(wanted, typingMs)
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery(
    previewQuery(repositoryId, JSON.parse(settled) as Policy),
  )
  const isOfAnother = isPlaceholderData || settled !== wanted
  return {
    data,
    error,
    retry: () => void refetch(),
    /** Whether the data is of another policy, or may have changed. */
    isStale: isOfAnother || isFetching,
    /** By pattern, how many tags it exempts. */
    counts: new Map(isOfAnother ? [] : data?.free.map(({ pattern, count }) => [pattern, count])),
  }
}

interface PolicyPreviewProps {
  preview: ReturnType<typeof usePolicyPreview>
  policy: Policy
  /** Whether the policy differs from the one that is stored. */
  isChanged: boolean
  /** Right in the head. */
  aside?: ReactNode
  /** The id of the whole. */
  id?: string
}

/** What a policy would do when it is confirmed, or does now: what is protected, whose pushes fail, what stays free. */
export function PolicyPreview({ preview, policy, isChanged, aside, id }: PolicyPreviewProps) {
  const t = useTranslations()
  const { data, error } = preview
  return (
    <div className="preview" id={id}>
      <div className="preview-head">
        <h3>{isChanged ? t('immutability.whenConfirmed') : t('immutability.now')}</h3>
        {aside}
      </div>
      {/* Only what changes is read out: not the button in the head. */}
      <div role="status" aria-busy={preview.isStale} className={classNames(preview.isStale && data && 'is-stale')}>
        {data ? (
          <Lines data={data} policy={policy} isChanged={isChanged} />
        ) : error ? (
          <PreviewError error={error} onRetry={preview.retry} />
        ) : (
          <PreviewSkeleton name={t('immutability.preview')} lines={2} />
        )}
      </div>
    </div>
  )
}

interface LinesProps {
  data: ImmutabilityPreview
  policy: Policy
  isChanged: boolean
}

function Lines({ data, policy, isChanged }: LinesProps) {
  const t = useTranslations()
  const { mode } = policy
  const stays = isChanged && mode !== 'off'
  const stillProtected = data.protectedCount - data.newlyProtectedCount
  const freeBefore = data.freeCount - data.freedCount
  const strong = (chunks: ReactNode) => <strong>{chunks}</strong>
  if (data.tagCount === 0) {
    return (
      <ul>
        <PreviewLine icon={mode === 'enforce' ? 'lock' : 'free'} {...(mode === 'enforce' && { tone: 'lock' as const })}>
          <p>{t(`immutability.noTags.${mode}`)}</p>
        </PreviewLine>
      </ul>
    )
  }
  return (
    <ul>
      {data.newlyProtectedCount > 0 && (
        <PreviewLine icon="lock" tone="lock">
          <p>{t.rich('immutability.becomeProtected', { count: data.newlyProtectedCount, strong })}</p>
        </PreviewLine>
      )}
      {(stillProtected > 0 || (mode === 'enforce' && data.protectedCount === 0)) && (
        <PreviewLine icon="lock" tone="lock">
          <p>
            {isChanged
              ? t.rich('immutability.stayProtected', { count: stillProtected, strong })
              : t.rich('immutability.areProtected', { count: stillProtected, strong })}
          </p>
        </PreviewLine>
      )}
      {data.auditedCount > 0 && (
        <PreviewLine icon="flag">
          <p>{t.rich('immutability.areAudited', { count: data.auditedCount, strong })}</p>
          <small>{t('immutability.areAuditedNext')}</small>
        </PreviewLine>
      )}
      {data.freedCount > 0 && <Freed data={data} mode={mode} />}
      {data.movedRecentlyCount > 0 && <Moved data={data} mode={mode} />}
      {mode !== 'off' && data.wouldHaveBeenRefusedCount > 0 && (
        <PreviewLine icon="refused" tone="warn">
          <p>{t.rich('immutability.wouldBeRefused', { count: data.wouldHaveBeenRefusedCount, strong })}</p>
          <small>{t('immutability.wouldBeRefusedNext')}</small>
        </PreviewLine>
      )}
      {freeBefore > 0 && (
        <PreviewLine icon="free">
          <p>
            <Free data={data} count={freeBefore} stays={stays} isByPattern={mode !== 'off'} />
          </p>
        </PreviewLine>
      )}
    </ul>
  )
}

/** Tags that can be overwritten, before and after. */
function Free({
  data,
  count,
  stays,
  isByPattern,
}: {
  data: ImmutabilityPreview
  count: number
  stays: boolean
  isByPattern: boolean
}) {
  const t = useTranslations()
  const strong = (chunks: ReactNode) => <strong>{chunks}</strong>
  if (!isByPattern) return t.rich('immutability.canBeOverwritten', { count, strong })
  const freed = new Set(data.freed.map(({ pattern }) => pattern))
  const patterns = data.free.filter((one) => one.count > 0 && !freed.has(one.pattern)).map(({ pattern }) => pattern)
  const [only, ...others] = patterns
  if (count === 1 && only !== undefined && others.length === 0 && !/[*?]/.test(only)) {
    const name = () => <code>{only}</code>
    return stays ? t.rich('immutability.oneStaysFree', { name }) : t.rich('immutability.oneIsFree', { name })
  }
  const list = () => <PatternList patterns={patterns} />
  return stays
    ? t.rich('immutability.stayFree', { count, strong, list })
    : t.rich('immutability.areFree', { count, strong, list })
}

function PatternList({ patterns }: { patterns: readonly string[] }) {
  const t = useTranslations()
  return patterns.map((pattern, index) => (
    <span key={pattern}>
      {index > 0 && t('common.listComma')}
      <code>{pattern}</code>
    </span>
  ))
}

function Freed({ data, mode }: { data: ImmutabilityPreview; mode: Policy['mode'] }) {
  const t = useTranslations()
  const strong = (chunks: ReactNode) => <strong>{chunks}</strong>
  const list = () => <PatternList patterns={data.freed.map(({ pattern }) => pattern)} />
  const tags = data.freed.flatMap((one) => one.tags)
  const more = data.freed.reduce((sum, one) => sum + one.count, 0) - tags.length
  return (
    <PreviewLine icon="warn" tone="warn">
      <p>
        {data.freed.length > 0
          ? t.rich('immutability.becomeFreeBy', { count: data.freedCount, strong, list })
          : t.rich('immutability.becomeFree', { count: data.freedCount, strong })}
      </p>
      <small>{mode === 'audit' ? t('immutability.becomeFreeAudited') : t('immutability.becomeFreeNext')}</small>
      {tags.length > 0 && (
        <dl className="moved">
          {tags.map(({ tag, pushedAt, pushedBy }) => (
            <div key={tag}>
              <dt>
                <code title={tag}>{tag}</code>
              </dt>
              <dd>{t('immutability.pushedBy', { name: pushedBy })}</dd>
              <dd>
                <Time value={pushedAt} format="relative" />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {more > 0 && <small>{t('immutability.more', { count: more })}</small>}
    </PreviewLine>
  )
}

/** As many of the tags that moved as are listed. */
const listedMax = 3

function Moved({ data, mode }: { data: ImmutabilityPreview; mode: Policy['mode'] }) {
  const t = useTranslations()
  const strong = (chunks: ReactNode) => <strong>{chunks}</strong>
  const listed = data.movedRecently.slice(0, listedMax)
  const more = data.movedRecentlyCount - listed.length
  return (
    <PreviewLine icon="warn" tone="warn">
      <p>{t.rich('immutability.movedRecently', { count: data.movedRecentlyCount, strong })}</p>
      <small>{mode === 'audit' ? t('immutability.movedRecentlyAudited') : t('immutability.movedRecentlyNext')}</small>
      <dl className="moved">
        {listed.map(({ tag, movedAt, movedBy, pushers }) => (
          <div key={tag}>
            <dt>
              <code title={tag}>{tag}</code>
            </dt>
            <dd>
              {t('immutability.pusher', {
                name: pushers[0]?.name ?? movedBy,
                others: Math.max(pushers.length - 1, 0),
                count: pushers.reduce((sum, one) => sum + one.moveCount, 0) || 1,
              })}
            </dd>
            <dd>
              <Time value={movedAt} format="relative" />
            </dd>
          </div>
        ))}
      </dl>
      {more > 0 && <small>{t('immutability.more', { count: more })}</small>}
    </PreviewLine>
  )
}
