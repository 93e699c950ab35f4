import { format, resolveConfig } from 'prettier'
import { expect, test } from 'vitest'
import { acrCodes, acrRows } from '@/e2e/access/acr'
import { type Row, callers } from '@/e2e/access/matrix'
import { basicRows, tokenRows } from '@/e2e/access/registry'
import { restRows } from '@/e2e/access/rest'
import { operations } from '@/lib/api/operations/operations'

const target = 'docs/access-matrix.md'

/** The columns. A column may cover several callers, because their answers are mostly the same. */
const columns = ['nobody', 'none', 'pull', 'push', 'manage', 'beside', 'admin']

function table(rows: readonly Row[], head: string, describe: (row: Row) => string): string {
  const lines = rows.map((row) => `| ${[describe(row), row.about, ...columns.map(cellOf(row))].join(' | ')} |`)
  const titles = [head, 'of what', ...columns]
  return [`| ${titles.join(' | ')} |`, `|${' --- |'.repeat(titles.length)}`, ...lines].join('\n')
}

/** The answers of a column; a single one if they are all the same. */
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

const codesInWords = Object.entries(acrCodes)
  .map(([word, code]) => `${word} is \`${code}\``)
  .join(', ')

const page = `# The access matrix

Generated from \`rest.ts\`, \`registry.ts\` and \`acr.ts\` in \`e2e/access\` by
\`npx vitest run --project sqlite scripts/access-docs -u\`. The \`access-matrix.test.ts\` in \`lib/api/route\`, \`lib/protocol\` and
\`lib/acr\` test every cell on both databases, and fail for an operation, a route or an action that is not in the table. [Access](access.md) explains the terms and the reasons.

Callers: **nobody** has no valid credentials; **none** is a member without any grant; **pull**, **push** and **manage** have
that permission on the instance \`main\`, on its namespace \`team\`, or on its repository \`team/closed\` (three answers where
they differ); **beside** manages another instance; **admin** is an administrator.

Objects: instance \`main\` has \`team/closed\` (PRIVATE), \`team/open\` (PUBLIC), \`other/secret\` (PRIVATE) and the empty
namespace \`spare\`; instance \`beside\` has only \`team/closed\` (PRIVATE); instance \`empty\` has nothing.

Answers: **ok**, with the number of listed items in brackets, or the status of the error: 401 authentication (or a token for
this) is required, 403 not permitted, 404 does not exist for this caller. With 400 and 409 the caller has the permission, but
the request is refused for another reason.

## REST API, by session or access key

${table(restRows, 'operation', describeOperation)}

## ACR's API, by a signature with an access key

**nobody** is refused for the signature, whatever the action is. In the answers, ${codesInWords}. A robot
with the same grants gets the same answers, but no password and no token.

${table(acrRows, 'action', ({ operation }) => operation)}

## Registry, by registry password, temporary token or robot

${table(basicRows, 'route', ({ operation }) => `\`${operation}\``)}

## Registry, by a token

The token was issued to the caller for that repository, with everything that the caller may do there.

${table(tokenRows, 'route', ({ operation }) => `\`${operation}\``)}
`

test(`${target} is the matrix that is tested`, async () => {
  const formatted = await format(page, { ...(await resolveConfig(target)), parser: 'markdown' })
  await expect(formatted).toMatchFileSnapshot(`../${target}`)
})
