'use client'

import { useQuery } from '@tanstack/react-query'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { repositoryQuery } from '../queries/repositories'
import { OpeningsCard } from './openings-card'
import { PolicyCard, PolicyCardSkeleton, PolicyFacts } from './policy-card'
import { ReservedNamesCard } from './reserved-names-card'
import { TransparencyCard } from './transparency-card'

interface ImmutabilitySectionProps {
  region: RegionId
  repository: RepositoryView
  instance: InstanceView
}

/** What a repository does with pushes that overwrite a tag: its policy, and what has been decided about single tags. */
export function ImmutabilitySection({ region, repository, instance }: ImmutabilitySectionProps) {
  const seesNames = repository.access !== 'PULL' && repository.access !== null
  return (
    <>
      <Policy region={region} repository={repository} instance={instance} />
      <OpeningsCard region={region} repository={repository} />
      <TransparencyCard instanceId={repository.instanceId} repositoryId={repository.id} />
      {seesNames && <ReservedNamesCard region={region} repository={repository} />}
    </>
  )
}

function Policy({ region, repository, instance }: ImmutabilitySectionProps) {
  const { instanceId, namespace, name } = repository
  const { data } = useQuery(repositoryQuery(instanceId, namespace, name))
  if (repository.access !== 'MANAGE') return <PolicyFacts repository={repository} />
  if (data === undefined) return <PolicyCardSkeleton />
  return <PolicyCard region={region} current={data} instance={instance} />
}
