import { z } from 'zod'
import { isRobotName } from '@/lib/domain/robot-name'
import { clearable, pageOf, pageQuery, timeInput, timestamp } from './common'
import { firstGrants, permission } from './grants'

/** What a robot may do, and on what. */
const robotGrant = z.object({
  permission,
  scopeId: z.string(),
  namespace: z.string().nullable().meta({ description: 'Null: the whole instance' }),
  repository: z.string().nullable().meta({ description: 'Name inside its namespace; null: all of them' }),
})
export type RobotGrantView = z.infer<typeof robotGrant>

const arePullsCounted = z
  .boolean()
  .meta({ description: 'False for a scanner, or any other whose pulls say nothing about use: they are not counted' })

/** A credential for automation. It belongs to one instance. */
export const robot = z.object({
  id: z.string().meta({ examples: ['rob-2b7d9f0k4m6p8r1t'] }),
  instanceId: z.string(),
  instanceName: z.string(),
  regionId: z.string(),
  name: z.string(),
  userName: z
    .string()
    .meta({ description: 'User name for logging on to the registry of its instance', examples: ['robot+ci'] }),
  description: z.string(),
  isDisabled: z.boolean().meta({ description: 'A disabled robot is refused, and its existing logins end' }),
  arePullsCounted,
  expiresAt: timestamp.nullable().meta({ description: 'When it stops working; null: never' }),
  lastUsedAt: timestamp.nullable().meta({ description: 'Precise to the minute; null: never' }),
  lastUsedAddress: z.string().nullable(),
  grants: z
    .array(robotGrant)
    .readonly()
    .meta({ description: 'What it is granted, the strongest first; of many, the first 10' }),
  grantCount: z.number().int().nonnegative(),
  createdBy: z.string().meta({ description: 'User name' }),
  createdAt: timestamp,
  updatedAt: timestamp,
})
export type RobotView = z.infer<typeof robot>

/** A robot with its secret, which is shown only when the robot is created or gets a new secret. */
export const robotWithSecret = robot.extend({ secret: z.string() })
export type RobotWithSecretView = z.infer<typeof robotWithSecret>

export const robotPage = pageOf(robot)

export const robotQuery = pageQuery.extend({
  search: z.string().max(64).optional().meta({ description: 'Part of the name' }),
})

/** Longest description of a robot, in characters. */
export const robotDescriptionMax = 200

const description = z.string().max(robotDescriptionMax)

const expiresAt = timeInput.nullable().meta({ description: 'A time in the future; null: it does not expire' })

export const createRobotBody = z.strictObject({
  name: z.string().refine(isRobotName, {
    message: '2 to 64 lower-case letters, digits, “_”, “-” and “.”; no separator first or last',
  }),
  description: description.default(''),
  expiresAt: expiresAt.default(null),
  arePullsCounted: arePullsCounted.default(true),
  grants: firstGrants.meta({
    description: 'Its first grants: on its instance, or on namespaces and repositories of the instance',
  }),
})

export const updateRobotBody = z.strictObject({
  description: clearable(description).optional(),
  isDisabled: z.boolean().optional(),
  arePullsCounted: arePullsCounted.optional(),
  expiresAt: expiresAt.optional(),
})
