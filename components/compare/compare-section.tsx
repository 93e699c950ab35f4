'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { isApiError } from '@/lib/api/client/api-error'
import type { ComparisonView } from '@/lib/api/schemas/comparison'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { isDigest } from '@/lib/domain/digest'
import type { RegionId } from '@/lib/domain/regions'
import { comparisonQuery } from '../queries/manifests'
import { digestHref } from '../routes'
import { Banner } from '../ui/banner'
import { shortDigest } from '../ui/digest'
import { Choice } from '../ui/field'
import { Select } from '../ui/filters'
import { failureOf } from '../ui/failure'
import { EmptyState } from '../ui/empty-state'
import { ErrorState, Skeleton } from '../ui/states'
import { useListParameters } from '../ui/use-list-parameters'
import { ComparisonFigures } from './comparison-figures'
import { ComparisonTables } from './comparison-tables'
import { Sides } from './sides'

interface CompareSectionProps {
  region: RegionId
  /** Null while it loads. */
  repository: RepositoryView | null
}

/** Two images of a repository side by side. Which ones, and what of them is shown, stands in the address. */
export function CompareSection({ region, repository }: CompareSectionProps) {
  const t = useTranslations()
  const list = useListParameters()
  const [before, after, platform] = [list.get('before'), list.get('after'), list.get('platform')]
  const isChosen = before !== '' && after !== ''
  const query = useQuery({
    ...comparisonQuery(repository?.id ?? '', { before, after, platform }),
    enabled: repository !== null && isChosen,
  })
  const error = isChosen ? failureOf(query) : null
  const comparison = isChosen && error === null ? (query.data ?? null) : null
  return (
    <>
      <Sides
        repositoryId={repository?.id ?? ''}
        before={before}
        after={after}
        comparison={comparison}
        onChange={(sides) => list.set({ ...sides, platform: '' })}
      />
      {!isChosen && (
        <div className="table-box">
          <EmptyState title={t('compare.nothingChosen')}>{t('compare.nothingChosenHelp')}</EmptyState>
        </div>
      )}
      {error !== null && (
        <div className="table-box">
          <ErrorState
            title={isApiError(error, 'NOT_FOUND') ? t('compare.gone') : t('pages.sectionFailed')}
            error={error}
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      {isChosen && error === null && comparison === null && (
        <p role="status" aria-label={t('table.loading', { name: t('compare.title') })}>
          <Skeleton width="xl" />
        </p>
      )}
      {repository !== null && comparison !== null && (
        <Compared
          comparison={comparison}
          names={{ before: shown(before), after: shown(after) }}
          onlyDifferences={list.get('only') === 'differences'}
          onPlatform={(next) => list.set({ platform: next })}
          onOnlyDifferences={(isOnly) => list.set({ only: isOnly ? 'differences' : '' })}
          hrefOf={(digest) => digestHref(region, repository, digest)}
        />
      )}
    </>
  )
}

/** What a side is called. */
function shown(reference: string): string {
  return isDigest(reference) ? shortDigest(reference) : reference
}

interface ComparedProps {
  comparison: ComparisonView
  names: { before: string; after: string }
  onlyDifferences: boolean
  onPlatform: (platform: string) => void
  onOnlyDifferences: (isOnly: boolean) => void
  hrefOf: (digest: string) => string
}

function Compared({ comparison, names, onlyDifferences, onPlatform, onOnlyDifferences, hrefOf }: ComparedProps) {
  const t = useTranslations()
  const { platforms, platform, differenceCount, sameCount, isTruncated } = comparison
  const common = platforms.filter(({ before, after }) => before !== null && after !== null)
  return (
    <>
      {comparison.before.digest === comparison.after.digest && (
        <Banner icon="equal">
          <p>{t('compare.identical')}</p>
        </Banner>
      )}
      <ComparisonFigures comparison={comparison} names={names} />
      <div className="toolbar">
        {common.length > 0 && (
          <Select label={t('image.platform')} value={platform ?? ''} onChange={onPlatform}>
            {common.map((one) => (
              <option key={one.platform} value={one.platform}>
                {one.platform}
              </option>
            ))}
          </Select>
        )}
        <Choice
          type="checkbox"
          label={t('compare.onlyDifferences')}
          checked={onlyDifferences}
          onChange={(event) => onOnlyDifferences(event.target.checked)}
        />
        <span className="spacer hide-sm" />
        <span className="muted" role="status">
          {t('compare.counted', { differences: differenceCount, same: sameCount })}
        </span>
      </div>
      {isTruncated && (
        <Banner icon="warn" tone="warn">
          <p>{t('compare.truncated')}</p>
        </Banner>
      )}
      <div className="differences-room">
        <ComparisonTables comparison={comparison} names={names} onlyDifferences={onlyDifferences} hrefOf={hrefOf} />
      </div>
    </>
  )
}
