'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import { isApiError } from '@/lib/api/client/api-error'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { useTag } from '../queries/tags'
import { compareHref } from '../routes'
import { Button } from '../ui/button'
import { Icon } from '../ui/icon'
import { lazyComponent } from '../ui/lazy-component'
import { Link } from '../ui/link'
import { Badge } from '../ui/status'

const CopyTagDialog = lazyComponent(() => import('./copy-tag-dialog'), 'CopyTagDialog')

/** Whether the tag whose page it is can be overwritten; nothing while there is no such tag. */
export function TagBadge({ repository, tag: name }: { repository: RepositoryView; tag: string }) {
  const t = useTranslations()
  const { data, error } = useTag(repository.id, name)
  if (!data?.data.isProtected || isApiError(error, 'NOT_FOUND')) return null
  return (
    <Badge icon="lock" accent>
      {t('tags.protected')}
    </Badge>
  )
}

interface TagButtonsProps {
  region: RegionId
  repository: RepositoryView
  tag: string
}

/** Compares or copies the tag whose page it is; nothing while there is no such tag. */
export function TagButtons({ region, repository, tag: name }: TagButtonsProps) {
  const t = useTranslations()
  const [isCopying, setCopying] = useState(false)
  const { data, error } = useTag(repository.id, name)
  if (!data || isApiError(error, 'NOT_FOUND')) return null
  return (
    <>
      <Link className="button" href={compareHref(region, repository, null, name)}>
        <Icon name="compare" />
        {t('compare.title')}
      </Link>
      <Button icon="arrow" onClick={() => setCopying(true)}>
        {t('tagHistory.copy')}
      </Button>
      <Suspense>
        {isCopying && (
          <CopyTagDialog
            repository={repository}
            tag={name}
            digest={data.data.digest}
            onClose={() => setCopying(false)}
          />
        )}
      </Suspense>
    </>
  )
}
