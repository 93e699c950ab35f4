import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { whyNoPostgresql } from '@/scripts/lib/postgresql.mjs'
import { sweep } from '@/scripts/lib/sweep.mjs'
import { giveUp } from '../clients/require-commands'
import { expect, test } from '../fixtures'
import { databases } from '../postgresql'

/*
 * The short form of `npm run prove` (docs/proof.md): the rule and the log hold while servers are killed and paused, and
 * a server without the rule is found.
 */

const root = join(import.meta.dirname, '..', '..')

let running: ChildProcess | null = null

// One that takes too long ends its servers, too.
test.afterEach(() => {
  running?.kill('SIGTERM')
  running = null
})

async function prove(...args: string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'prove', 'run.ts'), ...args], { cwd: root })
  running = child
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  return { code, output }
}

const operations = sweep(1_000, 5_000)

for (const database of databases) {
  test(`${operations} operations break no rule, and the log tells them, on ${database}`, async () => {
    test.setTimeout(600_000)
    const reason = database === 'postgresql' ? whyNoPostgresql() : null
    if (reason !== null) giveUp(reason)
    const { code, output } = await prove('--database', database, '--operations', String(operations), '--clients', '16')
    test.info().annotations.push({ type: 'proof', description: output })
    expect(code, output).toBe(0)
    expect(output).toMatch(/violations +0\n/)
  })
}

test('a server that does not keep the rule is found', async () => {
  test.setTimeout(600_000)
  const { code, output } = await prove('--broken', 'rule-off', '--database', 'sqlite', '--operations', '800')
  expect(code, output).toBe(0)
  expect(output).toMatch(/rule: test\/proof-[\d-]+: .*"kind":"push".*was answered done.*; expected TAG_/)
})
