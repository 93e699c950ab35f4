import { z } from 'zod'
import { permissions } from '@/lib/domain/access'
import { pageOf, pageQuery, timestamp } from './common'

export const permission = z
  .enum(permissions)
  .meta({ description: '`PUSH` includes `PULL`; `MANAGE` includes both, and allows changing settings and grants' })

const subjectType = z.enum(['USER', 'ROBOT'])

/** The user or robot that a grant is for. */
const grantSubject = z.object({
  type: subjectType,
  id: z.string().meta({ examples: ['usr-2b7d9f0k4m6p8r1t', 'rob-8h2t6d0w4n9k3b7q'] }),
  name: z.string().meta({ description: 'User name; for a robot, `robot+<name>`' }),
  description: z.string().meta({ description: 'A user’s display name, a robot’s description' }),
})

export const grantSubjectPage = pageOf(grantSubject)

const scopeId = z.string().max(100).meta({ description: 'Id of an instance, a namespace or a repository' })

export const grantSubjectQuery = pageQuery.extend({
  scopeId: scopeId.meta({ description: 'Id of the instance, namespace or repository to grant access to' }),
  search: z.string().max(100).optional().meta({ description: 'Part of the name or description' }),
})

/** The permission of a user or a robot on an instance, a namespace or a repository. */
export const grant = z.object({
  id: z.string().meta({ examples: ['grt-8h2t6d0w4n9k3b7q'] }),
  subject: grantSubject.extend({ isDisabled: z.boolean() }),
  scope: z.object({
    type: z.enum(['INSTANCE', 'NAMESPACE', 'REPOSITORY']),
    id: z.string(),
    instanceId: z.string(),
    regionId: z.string(),
    instanceName: z.string(),
    namespaceId: z.string().nullable(),
    namespace: z.string().nullable(),
    repositoryId: z.string().nullable(),
    repository: z.string().nullable().meta({ description: 'Name inside its namespace' }),
  }),
  permission,
  createdAt: timestamp,
  createdBy: z.string(),
  isManageable: z.boolean().meta({ description: 'You may change and revoke it' }),
})
export type GrantView = z.infer<typeof grant>

export const grantPage = pageOf(grant)

export const grantQuery = pageQuery.extend({
  subjectId: z.string().max(100).optional().meta({ description: 'Id of a user or a robot' }),
  subjectType: subjectType.optional(),
  scopeId: scopeId.optional(),
  relation: z.enum(['within', 'reaching']).default('within').meta({
    description:
      '`within`: grants on `scopeId` and on everything inside it. `reaching`: grants on `scopeId` and on what contains it, that is, all grants that apply to it',
  }),
  permission: permission.optional(),
  search: z.string().max(100).optional().meta({ description: 'Part of the user’s or robot’s name' }),
  sort: z.enum(['subject', '-subject', 'createdAt', '-createdAt']).default('subject'),
})

export const createGrantBody = z.strictObject({
  subjectId: z.string().min(1).max(100).meta({ description: 'Id of a user, or of a robot of the same instance' }),
  scopeId: scopeId.min(1),
  permission,
})

/** The first grants of a new user or robot. */
export const firstGrants = z
  .array(z.strictObject({ scopeId: z.string().min(1).max(100), permission }))
  .max(20)
  .default([])

export const updateGrantBody = z.strictObject({ permission })
