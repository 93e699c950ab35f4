import type { Principal } from '@/lib/domain/principal'
import { createId } from '@/lib/domain/ids'
import { createSecret } from '@/lib/domain/random-secret'
import { robotUserName } from '@/lib/domain/robot-name'
import { type NewAuditEvent, insertAuditEvent } from '@/lib/metadata/audit-events'
import { insertRobot } from '@/lib/metadata/robots'
import { sealRobotSecret } from '@/lib/secrets/robot-secrets'
import { authorize } from '@/lib/registry/authorize'
import type { Context } from '@/lib/context'
import { type FirstGrants, addFirstGrants } from '@/lib/registry/grants/new-grant'
import { type RobotWithSecret, describeRobot, readExpiry } from './robot-details'
import type { Versioned } from '@/lib/registry/versions'

/** The settings and grants of a new robot. */
export interface NewRobot {
  readonly name: string
  readonly description: string
  readonly expiresAt: string | null
  /** False: its pulls are not counted. True if absent. */
  readonly arePullsCounted?: boolean | undefined
  /** Its first grants. */
  readonly grants: FirstGrants
}

/**
 * Creates a robot of an instance with all its grants, or nothing. Throws NOT_FOUND for the instance, ALREADY_EXISTS
 * when it has a robot with that name, BAD_REQUEST for an expiry time in the past and for a grant on a scope that is not
 * in the instance, and DENIED for a grant that the principal may not give.
 */
export async function createRobot(
  ctx: Context,
  principal: Principal,
  instanceId: string,
  { grants, ...input }: NewRobot,
): Promise<Versioned<RobotWithSecret>> {
  await authorize(ctx, principal, 'manage', { instanceId })
  const expiresAt = readExpiry(input.expiresAt)
  const id = createId('robot')
  const secret = createSecret()
  const secretHash = await ctx.passwords.hash(secret)
  const sealedSecret = sealRobotSecret(ctx.secrets, { id, secretHash }, secret)
  const { value, version } = await ctx.db.transaction(async (tx) => {
    const { name, description, arePullsCounted = true } = input
    const settings = { id, instanceId, name, description, arePullsCounted, expiresAt, createdBy: principal.name }
    await insertRobot(tx, { ...settings, secretHash, sealedSecret })
    const target = { type: 'ROBOT', id, name: robotUserName(name) } as const
    const events: NewAuditEvent[] = [{ action: 'CREATE', target, instanceId, before: null, after: { ...input } }]
    events.push(...(await addFirstGrants(tx, principal, id, grants, instanceId)))
    for (const event of events) await insertAuditEvent(tx, principal, event)
    return describeRobot(tx, id)
  })
  return { value: { ...value, secret }, version }
}
