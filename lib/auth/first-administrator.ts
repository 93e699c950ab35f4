import { randomBytes } from 'node:crypto'
import { createId } from '@/lib/domain/ids'
import { isRegistryPassword } from '@/lib/domain/registry-password'
import { insertAccessKey } from '@/lib/metadata/access-keys'
import { type AuditEventOf, insertAuditEvent } from '@/lib/metadata/audit-events'
import { lockName } from '@/lib/metadata/engine/locks'
import { putRegistryPassword } from '@/lib/metadata/registry-passwords'
import { findDefaultInstance } from '@/lib/metadata/instances'
import { countUsers, insertUser } from '@/lib/metadata/users'
import { assertPasswordAllowed } from '@/lib/secrets/password-rules'
import { systemPrincipal } from '@/lib/domain/principal'
import type { Context } from '@/lib/context'

/** User name of the first administrator. */
export const firstAdministratorName = 'admin'

/** The settings of the first administrator, for the first start. */
export interface FirstAdministrator {
  /** Null to generate one. */
  readonly password: string | null
  readonly accessKey: { readonly id: string; readonly secret: string } | null
}

/**
 * Creates the first administrator when there is no user yet. Returns the password when one was generated, because it
 * can never be shown again; otherwise null. On later starts, a given password changes nothing.
 *
 * When there is a default instance (create the example first) and the password is a valid registry password, it also
 * becomes the registry password there, so that what the first start prints works. The first change of the console
 * password removes it from the registry (`deleteSharedRegistryPasswords`).
 *
 * Throws BAD_REQUEST when the given password breaks the password rules.
 */
export async function ensureFirstAdministrator(
  { db, secrets, passwords }: Pick<Context, 'db' | 'secrets' | 'passwords'>,
  first: FirstAdministrator,
): Promise<string | null> {
  if ((await countUsers(db)) > 0) return null
  if (first.password !== null) await assertPasswordAllowed(first.password, firstAdministratorName, 'password')
  const password = first.password ?? generatePassword()
  const passwordHash = await passwords.hash(password)
  return db.transaction(async (tx) => {
    // When several processes start at once on one database, one of them creates the administrator and shows the
    // password.
    await lockName(tx, 'first-administrator')
    if ((await countUsers(tx)) > 0) return null
    const id = createId('user')
    const created: Pick<AuditEventOf<'CREATE'>, 'target' | 'after' | 'instanceId'>[] = []
    created.push({ target: { type: 'USER', id, name: firstAdministratorName }, after: { role: 'ADMINISTRATOR' } })
    await insertUser(tx, { id, name: firstAdministratorName, role: 'ADMINISTRATOR', passwordHash })
    if (first.accessKey !== null) {
      const sealedSecret = secrets.seal(first.accessKey.secret, first.accessKey.id)
      await insertAccessKey(tx, { id: first.accessKey.id, userId: id, sealedSecret })
      const target = { type: 'ACCESS_KEY', id: first.accessKey.id, name: firstAdministratorName } as const
      created.push({ target, after: { isDisabled: false } })
    }
    const instance = await findDefaultInstance(tx)
    if (instance !== null && isRegistryPassword(password)) {
      await putRegistryPassword(tx, { userId: id, instanceId: instance.id, passwordHash })
      const target = { type: 'REGISTRY_PASSWORD', id, name: firstAdministratorName } as const
      created.push({ target, instanceId: instance.id, after: {} })
    }
    for (const event of created) {
      await insertAuditEvent(tx, systemPrincipal, { action: 'CREATE', before: null, ...event })
    }
    return first.password === null ? password : null
  })
}

/**
 * Returns 120 random bits that are valid for the console and for a registry. About one in a hundred has letters only
 * and is drawn again.
 */
function generatePassword(): string {
  const password = randomBytes(15).toString('base64url')
  return isRegistryPassword(password) ? password : generatePassword()
}
