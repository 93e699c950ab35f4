import type { Principal } from '@/lib/domain/principal'
import type { RegistryPasswordOwner } from '@/lib/metadata/registry-passwords'

/** Returns the target of audit events about a user's own registry password. */
export function registryPasswordTarget({ id, name }: Principal) {
  return { type: 'REGISTRY_PASSWORD', id, name } as const
}

/** Returns the name of the lock that serializes changes of a registry password, which may have no row yet. */
export function registryPasswordLock({ userId, instanceId }: RegistryPasswordOwner): string {
  return `registry-password ${userId} ${instanceId}`
}
