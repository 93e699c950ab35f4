import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { defaultRegionId, type RegionId } from '@/lib/domain/regions'

/** The instances of a region. */
export function instancesAddress(region: RegionId = defaultRegionId): string {
  return `/${region}/instances`
}

/** The first page of an instance. */
export function overviewAddress({ id, regionId }: InstanceView): string {
  return `/${regionId}/instance/${id}`
}

/** A list of an instance. */
export function instanceAddress(
  { id, regionId }: InstanceView,
  list: 'namespaces' | 'repositories' | 'access-control' | 'credentials' | 'blocked-pushes',
): string {
  return `/${regionId}/instance/${id}/${list}`
}

/** A section of a repository of an instance in the default region. */
export function repositoryAddress(
  repository: RepositoryView,
  section: 'details' | 'tags' | 'untagged' | 'compare' | 'activity' | 'immutability' | 'access',
): string {
  const { instanceId, namespace, name } = repository
  return `/${defaultRegionId}/instance/${instanceId}/repository/${namespace}/${name}/${section}`
}

/** The runs of a kind of maintenance. */
export function maintenanceAddress(section: 'garbage-collection' | 'scrub'): string {
  return `/maintenance/${section}`
}
