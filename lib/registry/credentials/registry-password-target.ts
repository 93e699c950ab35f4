import type { Principal } from '@/lib/domain/principal'
import type { RegistryPasswordOwner } from '@/lib/metadata/registry-passwords'

/** What an audit event of a user's own registry password is about. */
export function registryPasswordTarget({ id, name }: Principal) {
  return { type: 'REGISTRY_PASSWORD', id, name } as const
}

/** The lock that makes changes of one registry password follow each other: it may have no row yet. */
export function registryPasswordLock({ userId, instanceId }: RegistryPasswordOwner): string {
  return `registry-password ${userId} ${instanceId}`
}
