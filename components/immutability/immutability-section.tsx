'use client'

import { useQuery } from '@tanstack/react-query'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { repositoryQuery } from '../queries/repositories'
import { PolicyCard, PolicyCardSkeleton, PolicyFacts } from './policy-card'

interface ImmutabilitySectionProps {
  region: RegionId
  repository: RepositoryView
  instance: InstanceView
}

/** What a repository does with pushes that overwrite a tag: its policy, and what has been decided about single tags. */
export function ImmutabilitySection({ region, repository, instance }: ImmutabilitySectionProps) {
  const { instanceId, namespace, name } = repository
  const { data } = useQuery(repositoryQuery(instanceId, namespace, name))
  if (repository.access !== 'MANAGE') return <PolicyFacts repository={repository} />
  if (data === undefined) return <PolicyCardSkeleton />
  return <PolicyCard region={region} current={data} instance={instance} />
}
