import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { actions } from '@/lib/acr/actions'
import { acrAnswers } from '@/lib/testing/acr-answers'

const target = 'docs/acr-actions.md'

/** Where an action does what ACR's documentation leaves open, or does not do the same. */
const notes: Readonly<Record<string, string>> = {
  ListInstance: 'Shows the instances of all regions that the caller may see. `InstanceName` is the whole name.',
  GetInstanceUsage: 'Counts what the caller may see. Nothing is limited: the quotas are the largest number of 32 bits.',
  GetInstanceEndpoint:
    'For the default instance, the second domain is the one that the request came to, where that is another one.',
  ListTagResources: 'Instances have no tags here; Terraform asks for them.',
  CreateNamespace:
    '`AutoCreateRepo` is false if missing. `DefaultRepoType` is the older form of `RepoType` in `DefaultRepoConfiguration`: a request in which they differ is refused. `ArtifactBuildRuleParameters` is ignored.',
  UpdateNamespace: 'Changes what it names. Repositories that are there keep their settings.',
  ListNamespace: '`NamespaceName` is the whole name. A page after the last one is empty.',
  DeleteNamespace:
    'Deletes all repositories in the namespace. Nothing is deleted when one of them has immutable tags (`REPOSITORY_PROTECTED`), whoever asks: set `TagImmutability` to false first, or delete that repository in the console with a reason.',
  CreateRepository:
    'What is missing is the default of the namespace. `TagImmutability` is the console’s *Immutable*: no tag can be overwritten, except `latest` or what the default exempts.',
  UpdateRepository:
    'Changes what it names; ACR requires `RepoType` and `Summary`, Stele does not. `TagImmutability` leaves the exempt tags as they are.',
  GetRepository:
    'Takes `RepoId`, or both names, as every action with these parameters. If all are given, they must be of the same repository.',
  ListRepository:
    '`RepoNamespaceName` and `RepoName` are whole names. By name. A page after the last one is empty. With `MaxResults` the answer has a `NextToken`, which is empty on the last page.',
  DeleteRepository:
    'A repository with immutable tags is not deleted (`REPOSITORY_PROTECTED`), whoever asks: set `TagImmutability` to false first, or delete it in the console with a reason. In Terraform: apply `tag_immutability = false`, then destroy.',
  ListRepoTag:
    'The newest first. `Digest` has no `sha256:`; `ImageId` is the digest of the config, and of an index its own digest.',
  DeleteRepoTag:
    'An immutable tag is not deleted (`TAG_UNDELETABLE`), whoever asks; an administrator deletes it in the console or the REST API with a reason.',
  CreateRepoTag:
    'Needs permission to push. The immutability policy decides as for a push: `TAG_IMMUTABLE` where `ToTag` is protected.',
  GetRepoTagManifest: 'Has no manifests of schema 1. An index has neither config nor layers.',
  GetRepoTagLayers:
    'The steps of the build; those that made no layer have an empty `BlobDigest`. Of an index, the image that `Digest` names, or the first one. Of a very long list, the first ones.',
  ResetLoginPassword: 'Sets the caller’s own password for the registry.',
  GetAuthorizationToken:
    'The token has the caller’s permissions. `ExpiresInHours` is 1 if missing. A user can have 50 valid tokens of an instance.',
}

/** What of a JSON schema the page shows. */
interface JsonSchema {
  readonly description?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly const?: string | number
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

/** The fields, with those inside of them, by path. */
function rowsOf(properties: Readonly<Record<string, JsonSchema>>, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const { items, properties: inner = items?.properties } = schema
    const path = `${prefix}${name}${items === undefined ? '' : '[]'}`
    return inner === undefined ? [`| ${path} | ${shownType(items ?? schema)} |`] : rowsOf(inner, `${path}.`)
  })
}

function shownType({ description, type, enum: words, const: only }: JsonSchema): string {
  if (description !== undefined) return description
  if (only !== undefined) return `\`${only}\``
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ')
  return { boolean: 'true or false', integer: 'number', string: 'text' }[type ?? ''] ?? 'always empty'
}

function sectionOf(name: string): string {
  const input = actions[name]?.input ?? z.object({})
  const shape = input.shape as Readonly<Record<string, z.ZodType>>
  const parameters = Object.entries(shape).map(([parameter, schema]) => {
    const isRequired = !schema.safeParse(undefined).success
    return `| ${parameter}${isRequired ? ' \\*' : ''} | ${schema.description ?? 'text'} |`
  })
  const { properties = {} } = z.toJSONSchema(acrAnswers[name] ?? z.object({})) as JsonSchema
  const fields = rowsOf(properties)
  const asked = parameters.length === 0 ? 'No parameters.' : table('parameter', parameters)
  const answered = fields.length === 0 ? 'The answer has no other fields.' : table('answer', fields)
  return `### ${name}\n\n${notes[name] ?? ''}\n\n${asked}\n\n${answered}`
}

function table(head: string, rows: readonly string[]): string {
  return `| ${head} | value |\n| --- | --- |\n${rows.join('\n')}`
}

const page = `# The actions of ACR's API

Generated by \`npx vitest run --project sqlite scripts/acr-docs -u\` from what the server reads and what its tests expect.
[The access matrix](access-matrix.md) says who may do what.

\\* is required. Times are milliseconds since 1970. An empty parameter counts as missing, except \`Summary\` and \`Detail\`.
Every answer also has \`RequestId\`, \`Code\` (\`success\`) and \`IsSuccess\`. Parameters that are not listed are ignored, and an
action that is not listed is answered with \`InvalidAction.NotFound\`.

${Object.keys(actions).map(sectionOf).join('\n\n')}
`

test('every note is about an action', () => {
  expect(Object.keys(notes).filter((name) => !(name in actions))).toEqual([])
})

test(`${target} is what the server does`, async () => {
  const formatted = await format(page, { ...(await resolveConfig(target)), parser: 'markdown' })
  await expect(formatted).toMatchFileSnapshot(`../${target}`)
})
