'use client'

import { useQuery } from '@tanstack/react-query'
import { useParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { isRegionId } from '@/lib/domain/regions'
import type { RegionId } from '@/lib/domain/regions'
import { repositoryQuery } from '../queries/repositories'
import { instanceHref, parseRepositoryPath, repositoriesHref, repositoryHref } from '../routes'
import { NotFound } from '../ui/not-found'

/** In place of a page within an instance that there is not, such as that of a repository or of a tag. */
export function NoInstancePage() {
  const t = useTranslations()
  const { region = '', instanceId = '', path } = useParams<{ region?: string; instanceId?: string; path?: string[] }>()
  const repository = path ? parseRepositoryPath(path) : null
  if (!isRegionId(region)) return <NotFound title={t('pages.notFound')} way={{ label: t('pages.home'), href: '/' }} />
  if (repository === null) {
    const way = { label: t('overview.title'), href: instanceHref(region, instanceId) }
    return <NotFound title={t('pages.notFound')} way={way} />
  }
  return <NoPartOfRepository region={region} address={{ instanceId, ...repository }} />
}

interface NoPartOfRepositoryProps {
  region: RegionId
  address: { instanceId: string; namespace: string; name: string; tag?: string; digest?: string }
}

/** The repository is missing, or what its address names in it. */
function NoPartOfRepository({ region, address }: NoPartOfRepositoryProps) {
  const t = useTranslations()
  const { instanceId, namespace, name, tag, digest } = address
  const isPart = tag !== undefined || digest !== undefined
  const { data } = useQuery({ ...repositoryQuery(instanceId, namespace, name), enabled: isPart })
  if (isPart && data) {
    const title = tag === undefined ? t('image.digestGone') : t('tagHistory.gone', { tag })
    return <NotFound title={title} way={{ label: t('tags.title'), href: repositoryHref(region, address, 'tags') }} />
  }
  const way = { label: t('repositories.title'), href: repositoriesHref(region, instanceId) }
  return <NotFound title={t('repositories.gone', { path: `${namespace}/${name}` })} way={way} />
}
