import { useTranslations } from 'next-intl'
import type { SearchResultView } from '@/lib/api/schemas/search'
import { splitRepositoryPath } from '@/lib/domain/reference'
import {
  accessControlHref,
  administrationHref,
  digestHref,
  instanceHref,
  repositoryHref,
  tagHref,
  userHref,
} from '../routes'
import type { Option, OptionGroup } from './options'
import { shownDigest } from './options'
import { readRecent } from './recent'
import type { Standpoint } from './use-pages'
import { usePages } from './use-pages'

interface Place {
  regionId: string
  instanceId: string
  instanceName: string
}

type InRepository = Place & { repositoryPath: string }

/** What the server has found and the pages that a text means, in groups; without a text, what was visited last. */
export function useGroups(
  standpoint: Standpoint,
  userId: string,
  text: string,
  result: SearchResultView | undefined,
): OptionGroup[] {
  const t = useTranslations()
  const pagesOf = usePages(standpoint)

  function addressOf({ instanceId, repositoryPath }: InRepository) {
    const { namespace, name } = splitRepositoryPath(repositoryPath) ?? { namespace: repositoryPath, name: '' }
    return { instanceId, namespace, name }
  }

  /** Another instance than the one that the person is in is named. */
  function whereOf({ repositoryPath, instanceId, instanceName }: InRepository) {
    if (instanceId === standpoint.instanceId) return repositoryPath
    return t('search.inPlace', { path: repositoryPath, instance: instanceName })
  }

  function manifestWhere(hit: SearchResultView['manifests']['items'][number]) {
    const path = whereOf(hit)
    if (hit.via !== null) return t('search.names', { path })
    if (hit.tags.length === 0) return t('search.withoutTag', { path })
    return t('search.withTags', { path, tags: hit.tags.join(', ') })
  }

  const roleOf = (role: string) => (role === 'ADMINISTRATOR' ? t('frame.administrator') : t('frame.member'))

  if (text === '') {
    const recent = readRecent(userId).map(({ kind, text: name, where, href }): Option => ({
      ...{ id: `recent-${href}`, icon: kind === 'tag' ? 'tag' : 'repositories', text: name, where, href },
      isCode: kind === 'tag',
    }))
    const pages = pagesOf('')
    return [
      { kind: 'recent' as const, options: recent, count: recent.length, isMore: false },
      { kind: 'pages' as const, options: pages, count: pages.length, isMore: false },
    ].filter(({ count }) => count > 0)
  }

  const pages = pagesOf(text)
  const groups: OptionGroup[] = []
  if (result !== undefined) {
    const { tags, manifests, repositories, instances, users, robots } = result
    groups.push(
      {
        ...counted('tags', tags),
        options: tags.items.map((hit) => ({
          ...{
            id: `tag-${hit.repositoryId}-${hit.tag}`,
            icon: 'tag',
            text: hit.tag,
            isCode: true,
            where: whereOf(hit),
          },
          ...(hit.isProtected ? { end: { kind: 'protected' } as const } : {}),
          href: tagHref(hit.regionId, addressOf(hit), hit.tag),
        })),
      },
      {
        ...counted('manifests', manifests),
        options: manifests.items.map((hit) => ({
          ...{ id: `manifest-${hit.repositoryId}-${hit.digest}`, icon: 'image', isCode: true },
          ...{ text: shownDigest(hit.digest, hit.via === null ? text : ''), where: manifestWhere(hit) },
          end: { kind: 'pushed', at: hit.pushedAt },
          href: digestHref(hit.regionId, addressOf(hit), hit.digest),
        })),
      },
      {
        ...counted('repositories', repositories),
        options: repositories.items.map((hit) => ({
          ...{ id: `repository-${hit.repositoryId}`, icon: 'repositories', text: hit.repositoryPath },
          where: hit.instanceId === standpoint.instanceId ? '' : hit.instanceName,
          end: { kind: hit.isImmutable ? 'immutable' : 'mutable' },
          href: repositoryHref(hit.regionId, addressOf(hit), 'tags'),
        })),
      },
      {
        ...counted('instances', instances),
        options: instances.items.map(({ instanceId, instanceName, regionId }) => ({
          ...{ id: `instance-${instanceId}`, icon: 'instances', text: instanceName, where: instanceId },
          href: instanceHref(regionId, instanceId),
        })),
      },
      {
        kind: 'people',
        count: users.totalCount + robots.totalCount,
        isMore: users.isMore || robots.isMore,
        options: [
          ...users.items.map(({ id, name, displayName, role }): Option => ({
            ...{ id: `user-${id}`, icon: 'user', text: name, href: userHref(id) },
            where: displayName === '' ? roleOf(role) : t('search.person', { name: displayName, role: roleOf(role) }),
          })),
          ...robots.items.map(({ id, name, instanceName, regionId, instanceId }): Option => ({
            ...{ id: `robot-${id}`, icon: 'robot', text: name, where: t('search.robotOf', { instance: instanceName }) },
            href: standpoint.isAdministrator
              ? `${administrationHref('robots')}?search=${encodeURIComponent(name)}`
              : accessControlHref(regionId, instanceId),
          })),
        ],
      },
    )
  }
  groups.push({ kind: 'pages', options: pages, count: pages.length, isMore: false })
  return groups.filter(({ options }) => options.length > 0)
}

function counted<K extends OptionGroup['kind']>(kind: K, hits: { totalCount: number; isMore: boolean }) {
  return { kind, count: hits.totalCount, isMore: hits.isMore }
}
