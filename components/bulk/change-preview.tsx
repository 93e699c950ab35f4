'use client'

import { useTranslations } from 'next-intl'
import { useId, useState } from 'react'
import type { ReactNode } from 'react'
import type { ImmutabilityChangePreview } from '@/lib/api/schemas/immutability-changes'
import { PreviewError, PreviewLine, PreviewSkeleton } from '../immutability/preview-parts'
import { TextButton } from '../ui/button'
import { Time } from '../ui/time'

/** As many of the tags that moved as are listed. */
const listedMax = 4

/** As many names of repositories as a line has. */
const namesMax = 3

interface ChangePreviewProps {
  mode: 'off' | 'audit' | 'enforce'
  preview: { data: ImmutabilityChangePreview | undefined; error: unknown; refetch: () => unknown }
}

/** What a change of many repositories does when it is confirmed. */
export function ChangePreview({ mode, preview: { data, error, refetch } }: ChangePreviewProps) {
  const t = useTranslations()
  const listId = useId()
  const [isListed, setListed] = useState(false)
  return (
    <div className="preview preview--wide">
      <div className="preview-head">
        <h3>{t('bulk.whenConfirmed')}</h3>
        {data !== undefined && data.repositories.length > 0 && (
          <TextButton aria-expanded={isListed} aria-controls={listId} onClick={() => setListed(!isListed)}>
            {t('bulk.byRepository')}
          </TextButton>
        )}
      </div>
      <div role="status" aria-busy={data === undefined && !error}>
        {data ? (
          <Lines data={data} mode={mode} />
        ) : error ? (
          <PreviewError error={error} onRetry={() => void refetch()} />
        ) : (
          <PreviewSkeleton name={t('bulk.whenConfirmed')} lines={3} />
        )}
      </div>
      <div id={listId} hidden={!isListed}>
        {data && isListed && <ByRepository data={data} mode={mode} />}
      </div>
    </div>
  )
}

const strong = (chunks: ReactNode) => <strong>{chunks}</strong>

function Lines({ data, mode }: { data: ImmutabilityChangePreview } & Pick<ChangePreviewProps, 'mode'>) {
  const t = useTranslations()
  const changes = data.changeCount > 0
  const leftOut = data.deniedCount + data.missingCount
  return (
    <ul>
      {changes && mode === 'enforce' && (
        <PreviewLine icon="lock" tone="lock">
          <p>
            {t.rich('bulk.becomeProtected', {
              count: data.newlyProtectedCount,
              repositories: data.changeCount,
              strong,
            })}
          </p>
        </PreviewLine>
      )}
      {changes && mode === 'audit' && (
        <PreviewLine icon="flag">
          <p>
            {t.rich('bulk.becomeAudited', { count: data.newlyAuditedCount, repositories: data.changeCount, strong })}
          </p>
        </PreviewLine>
      )}
      {changes && (mode === 'off' || data.freedCount > 0) && (
        <PreviewLine
          icon={data.freedCount > 0 ? 'warn' : 'free'}
          {...(data.freedCount > 0 && { tone: 'warn' as const })}
        >
          <p>{t.rich('bulk.becomeFree', { count: data.freedCount, repositories: data.changeCount, strong })}</p>
        </PreviewLine>
      )}
      {mode !== 'off' && data.movedRecentlyCount > 0 && <Moved data={data} mode={mode} />}
      {mode !== 'off' && data.freeCount - data.freedCount > 0 && (
        <PreviewLine icon="free">
          <p>{t.rich('bulk.stayFree', { count: data.freeCount - data.freedCount, strong })}</p>
          {data.free.length > 0 && (
            <small>
              {data.free.slice(0, namesMax).map(({ pattern, count }, index) => (
                <span key={pattern}>
                  {index > 0 && t('common.listComma')}
                  {count} <code>{pattern}</code>
                </span>
              ))}
            </small>
          )}
        </PreviewLine>
      )}
      {data.unchangedCount > 0 && (
        <PreviewLine icon="equal">
          <p>
            {t.rich(`bulk.already.${mode}`, {
              count: data.unchangedCount,
              names: data.unchanged.slice(0, namesMax).join(t('common.listComma')),
              more: Math.max(0, data.unchangedCount - namesMax),
              strong,
            })}
          </p>
        </PreviewLine>
      )}
      {leftOut > 0 && (
        <PreviewLine icon="off">
          <p>{t.rich('bulk.leftOut', { count: leftOut, strong })}</p>
          <small>
            {[
              data.deniedCount > 0 && t('bulk.leftOutDenied', { count: data.deniedCount }),
              data.missingCount > 0 && t('bulk.leftOutMissing', { count: data.missingCount }),
            ]
              .filter((text) => text !== false)
              .join(' ')}
          </small>
        </PreviewLine>
      )}
      {data.isCapped && (
        <PreviewLine icon="info">
          <p>{t('bulk.capped', { count: data.examinedCount })}</p>
        </PreviewLine>
      )}
    </ul>
  )
}

function Moved({ data, mode }: { data: ImmutabilityChangePreview; mode: 'audit' | 'enforce' }) {
  const t = useTranslations()
  const listed = data.movedRecently.slice(0, listedMax)
  const more = data.movedRecentlyCount - listed.length
  return (
    <PreviewLine icon="warn" tone="warn">
      <p>{t.rich('bulk.movedRecently', { count: data.movedRecentlyCount, strong })}</p>
      <small>{mode === 'audit' ? t('bulk.movedAudited') : t('bulk.movedRefused', { count: data.pusherCount })}</small>
      <dl className="moved moved--long">
        {listed.map(({ repositoryId, repository, tag, movedAt, movedBy, moveCount }) => (
          <div key={`${repositoryId}:${tag}`}>
            <dt>
              <code title={`${repository}:${tag}`}>{`${repository}:${tag}`}</code>
            </dt>
            <dd>{t('bulk.mover', { name: movedBy, count: Math.max(moveCount, 1) })}</dd>
            <dd>
              <Time value={movedAt} format="relative" />
            </dd>
          </div>
        ))}
      </dl>
      {more > 0 && (
        <small>{t('bulk.moreMoved', { count: more, repositories: data.movedRecentlyRepositoryCount })}</small>
      )}
    </PreviewLine>
  )
}

function ByRepository({ data, mode }: { data: ImmutabilityChangePreview } & Pick<ChangePreviewProps, 'mode'>) {
  const t = useTranslations()
  const more = data.changeCount - data.repositories.length
  return (
    <>
      <ul className="preview-list" tabIndex={0} aria-label={t('bulk.byRepository')}>
        {data.repositories.map((one) => (
          <li key={one.repositoryId}>
            <span title={one.repository}>{one.repository}</span>
            <small>
              {mode === 'enforce'
                ? t('bulk.ofOneProtected', { count: one.newlyProtectedCount, moved: one.movedRecentlyCount })
                : mode === 'audit'
                  ? t('bulk.ofOneAudited', { count: one.newlyAuditedCount, moved: one.movedRecentlyCount })
                  : t('bulk.ofOneFreed', { count: one.freedCount })}
            </small>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="help">{t('bulk.moreRepositories', { count: more })}</p>}
    </>
  )
}
