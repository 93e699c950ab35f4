import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { RepositoryPage } from '@/components/repositories/repository-page'
import { digestHref, parseRepositoryPath, queryOf, repositoryHref, tagHref } from '@/components/routes'
import { shortDigest } from '@/components/ui/digest'
import { principalOf, requireSession } from '@/lib/auth/console/session'
import { getContext } from '@/lib/context'
import { hasIdForm } from '@/lib/domain/ids'
import { isRegionId } from '@/lib/domain/regions'
import { assertImageKnown } from '@/lib/registry/ledger/assert-image-known'
import { getVisibleRepositoryId } from '@/lib/registry/repositories/get-visible-repository-id'
import { orNotFound } from '../../../../../or-not-found'

interface Props {
  params: Promise<{ region: string; instanceId: string; path: string[] }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getTranslations()
  const repository = parseRepositoryPath((await params).path)
  if (!repository) return {}
  const sections = {
    details: t('details.title'),
    tags: t('tags.title'),
    untagged: t('untagged.title'),
    compare: t('compare.title'),
    activity: t('ledger.activity'),
    immutability: t('immutability.title'),
    access: t('grants.access'),
  }
  const path = `${repository.namespace}/${repository.name}`
  if (repository.tag !== undefined) return { title: `${path}:${repository.tag}` }
  if (repository.digest !== undefined) return { title: `${path}@${shortDigest(repository.digest)}` }
  return { title: `${path} · ${sections[repository.section ?? 'details']}` }
}

/**
 * `/{region}/instance/{instanceId}/repository/{namespace}/{name…}/{section}`; the name may hold slashes. Without a
 * section, it leads to the details.
 */
export default async function Page({ params, searchParams }: Props) {
  const { region, instanceId, path } = await params
  const repository = parseRepositoryPath(path)
  if (!isRegionId(region) || repository === null) notFound()
  const { namespace, name, section, tag, digest } = repository
  if (section === null) redirect(repositoryHref(region, { instanceId, namespace, name }, 'details'))
  const address = { instanceId, namespace, name }
  const session = await requireSession(hrefOf() + queryOf(await searchParams))
  const principal = principalOf(session)
  await orNotFound(async () => {
    // The layout leads on from the instance’s name.
    if (!hasIdForm('instance', instanceId)) return
    const id = await getVisibleRepositoryId(getContext(), principal, instanceId, `${namespace}/${name}`)
    if (tag !== undefined || digest !== undefined) {
      await assertImageKnown(getContext(), principal, id, { tag, digest })
    }
  })

  function hrefOf(): string {
    if (tag !== undefined) return tagHref(region, address, tag)
    if (digest !== undefined) return digestHref(region, address, digest)
    return repositoryHref(region, address, section ?? 'details')
  }

  return (
    <RepositoryPage
      region={region}
      instanceId={instanceId}
      namespace={namespace}
      name={name}
      section={section}
      tag={tag ?? null}
      digest={digest ?? null}
      userName={session.user.name}
      isAdministrator={session.user.role === 'ADMINISTRATOR'}
    />
  )
}
