import { z } from 'zod'
import { isRegionId } from '@/lib/domain/regions'
import { isInstanceName } from '@/lib/domain/reference'
import { leavesCountedMax, witnessFailures, witnessStates } from '@/lib/domain/transparency/witnesses'
import { access, pageOf, pageQuery, timestamp } from './common'
import { immutabilityPolicy, policyChanges } from './immutability'

const instanceName = z.string().refine(isInstanceName, {
  message: '3 to 30 lower-case letters, digits and hyphens; no hyphen first or last',
})

/** An instance: a separate registry with its own host names. */
export const instance = z.object({
  id: z.string().meta({ examples: ['cri-k7w2m9x4p1q8d3fz'] }),
  name: z.string(),
  regionId: z.string(),
  specification: z.enum(['Enterprise_Basic', 'Enterprise_Standard', 'Enterprise_Advanced']),
  status: z.literal('RUNNING'),
  isDefault: z
    .boolean()
    .meta({ description: 'Serves requests whose host name belongs to no instance: localhost, an IP address' }),
  allowAnonymousPull: z.boolean().meta({ description: 'PUBLIC repositories can be pulled without credentials' }),
  isLogPublic: z.boolean().meta({ description: 'Everybody may read the transparency log, without credentials' }),
  defaultImmutability: immutabilityPolicy.meta({
    description: 'The immutability policy of new repositories, unless their namespace has its own default',
  }),
  endpoints: z.object({
    internet: z.string().meta({ description: 'Host, with a port unless it is the scheme’s default' }),
    vpc: z.string(),
    path: z.string().nullable().meta({
      description: 'The host of this request with the instance’s path; null where that host is of one instance',
    }),
  }),
  registryHost: z.string().meta({
    description:
      'The host of `docker login` from where this request was sent: the host of this request if it is one of the instance’s, or belongs to no instance and the instance is the default one or its names are not set up; else the internet endpoint',
  }),
  registryAddress: z.string().meta({
    description:
      'What stands before `/<namespace>/<repository>` in docker commands: `registryHost`, followed by the instance’s path where the host alone is another instance',
    examples: ['localhost:3000/i/dev.cn-hangzhou'],
  }),
  userNamePrefix: z.string().meta({
    description: 'What stands before user names in `docker login` at `registryHost`; mostly empty',
    examples: ['dev.cn-hangzhou/'],
  }),
  namespaceCount: z.number().int().nonnegative(),
  repositoryCount: z.number().int().nonnegative(),
  tagCount: z.number().int().nonnegative(),
  storageBytes: z
    .number()
    .int()
    .nonnegative()
    .meta({ description: 'Size of all distinct blobs. Like all counts here, it covers the repositories you may pull' }),
  createdAt: timestamp,
  updatedAt: timestamp,
  access,
})
export type InstanceView = z.infer<typeof instance>

export const instancePage = pageOf(instance)

export const instanceQuery = pageQuery.extend({
  regionId: z.string().optional(),
  search: z.string().max(64).optional().meta({ description: 'Part of the name, or an id' }),
})

export const createInstanceBody = z.strictObject({
  name: instanceName,
  regionId: z.string().refine(isRegionId, { message: 'the id of a region in /api/v1/regions' }),
  specification: instance.shape.specification.default('Enterprise_Basic'),
})

export const updateInstanceBody = z.strictObject({
  name: instanceName.optional().meta({ description: 'Only administrators may change it' }),
  allowAnonymousPull: z.boolean().optional(),
  isLogPublic: z.boolean().optional(),
  defaultImmutability: policyChanges.optional(),
})

/** What is asked about a transparency log. */
export const transparencyLogQuery = z.object({
  repositoryId: z.string().max(64).optional().meta({ description: 'Count the leaves about this repository too' }),
})

/** A witness of a transparency log. */
export const logWitness = z.object({
  name: z.string(),
  key: z
    .string()
    .meta({ description: 'Verifies its cosignatures: `<name>+<id>+<key>`, as `log verify --witness` takes it' }),
  state: z.enum(witnessStates).meta({
    description:
      'COSIGNED: its cosignature is on the checkpoint. BEHIND: not yet. REFUSED: its last answer contradicts what it, or the log, said before',
  }),
  size: z
    .number()
    .int()
    .nonnegative()
    .meta({ description: 'Leaves of the newest checkpoint that it cosigned; 0: none' }),
  behind: z.number().int().nonnegative().meta({ description: 'Leaves of the log that it has not cosigned' }),
  cosignedAt: timestamp.nullable().meta({ description: 'When it did, by its own clock' }),
  behindSince: timestamp
    .nullable()
    .meta({ description: 'Since when attempts have failed; null: the last one did not' }),
  failure: z
    .enum(witnessFailures)
    .nullable()
    .meta({ description: 'Why the last attempt failed: docs/transparency.md' }),
  failureDetail: z.string().meta({ description: 'A status, a size or a code of the system; often empty' }),
  nextAttemptAt: timestamp
    .nullable()
    .meta({ description: 'When it is tried again; null: the last attempt did not fail' }),
})
export type LogWitnessView = z.infer<typeof logWitness>

/** The transparency log of an instance, as it is served. */
export const transparencyLog = z.object({
  path: z.string().meta({ description: 'Where it is served, as C2SP tlog-tiles', examples: ['/log/example'] }),
  isPublic: z.boolean(),
  origin: z.string().meta({ description: 'What it is called in its checkpoints: it keeps this name' }),
  isStarted: z.boolean().meta({ description: 'False while it has not told all that there was before it' }),
  size: z.number().int().nonnegative().meta({ description: 'Number of leaves' }),
  root: z.string().meta({ description: 'Hash of the tree, base64; empty before the first leaf' }),
  checkpoint: z.string().meta({
    description: 'The signed note, with the cosignatures of witnesses; empty before the first leaf',
  }),
  signedAt: timestamp.meta({ description: 'When the checkpoint was signed' }),
  stalled: z
    .string()
    .nullable()
    .meta({ description: 'Why nothing is appended now: what cannot be read. Null: nothing stops it' }),
  keys: z.array(z.string()).meta({ description: 'The public keys that verify the checkpoint: `<name>+<id>+<key>`' }),
  witnesses: z.array(logWitness),
  repositoryLeaves: z.number().int().nonnegative().max(leavesCountedMax).nullable().meta({
    description: 'Leaves about the path of `repositoryId`; counting ends at 10,000. Null: no repository was named',
  }),
})
export type TransparencyLogView = z.infer<typeof transparencyLog>
