import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { type Row, callers } from '@/e2e/access/matrix'
import { basicRows, tokenRows } from '@/e2e/access/registry'
import { restRows } from '@/e2e/access/rest'
import { operations } from '@/lib/api/operations/operations'

const target = 'docs/access-matrix.md'

/** Callers that stand in one column, because their answers are mostly the same. */
const columns = ['nobody', 'none', 'pull', 'push', 'manage', 'beside', 'admin']

function table(rows: readonly Row[], head: string, describe: (row: Row) => string): string {
  const lines = rows.map((row) => `| ${[describe(row), row.about, ...columns.map(cellOf(row))].join(' | ')} |`)
  const titles = [head, 'of what', ...columns]
  return [`| ${titles.join(' | ')} |`, `|${' --- |'.repeat(titles.length)}`, ...lines].join('\n')
}

/** Answers of a column; one for all where they are the same. */
function cellOf(row: Row): (column: string) => string {
  return (column) => {
    const answers = callers
      .filter((caller) => caller === column || caller.startsWith(`${column}-`))
      .map((caller) => (row.answers.get(caller) ?? '').replace(/^ok:(\d+)$/, 'ok ($1)'))
    return new Set(answers).size === 1 ? (answers[0] ?? '') : answers.join(', ')
  }
}

function describeOperation({ operation }: Row): string {
  const { method, path } = operations[operation as keyof typeof operations]
  return `\`${method} ${path}\``
}

const page = `# The access matrix

Made from \`e2e/access/rest.ts\` and \`e2e/access/registry.ts\` by \`npx vitest run --project sqlite -u scripts/access-docs\`;
\`lib/api/route/access-matrix.test.ts\` and \`lib/protocol/access-matrix.test.ts\` ask every cell of it, on both databases,
and fail for an operation or a route that is not here. [Access](access.md) says what the words mean, and why it is so.

Callers: **nobody** proves nothing; **none** is a member without any grant; **pull**, **push** and **manage** have that
permission on the instance \`main\`, on its namespace \`team\`, on its repository \`team/closed\`: three answers where they
differ; **beside** manages another instance; **admin** is an administrator.

Things: instance \`main\` has \`team/closed\` (PRIVATE), \`team/open\` (PUBLIC), \`other/secret\` (PRIVATE) and the empty
namespace \`spare\`; instance \`beside\` has \`team/closed\` (PRIVATE) only; instance \`empty\` has nothing.

Answers: **ok**, with how many things a list shows, or the status of the refusal: 401 prove who you are (or get a token
for this), 403 you may not, 404 there is no such thing for you. 400 and 409 refuse those who may, for another reason.

## REST API, by session or access key

${table(restRows, 'operation', describeOperation)}

## Registry, by registry password, temporary token or robot

${table(basicRows, 'route', ({ operation }) => `\`${operation}\``)}

## Registry, by a token

The token was made out to the caller for that repository, with all that they may there.

${table(tokenRows, 'route', ({ operation }) => `\`${operation}\``)}
`

test(`${target} is the matrix that is tested`, async () => {
  const formatted = await format(page, { ...(await resolveConfig(target)), parser: 'markdown' })
  await expect(formatted).toMatchFileSnapshot(`../${target}`)
})
