import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'

/** Runs `code` in a process of its own, and returns what it has written. */
function run(code: string): string {
  const program = `import { createLineWriter, createLogger } from '${import.meta.dirname}/log.ts'\n${code}`
  const arguments_ = ['--import', 'tsx', '--input-type', 'module', '--eval', program]
  const { stdout, stderr } = spawnSync(process.execPath, arguments_, { encoding: 'utf8' })
  if (stderr !== '') throw new Error(stderr)
  return stdout
}

/** Runs `code` with a logger in a process of its own, and returns the lines that it has written. */
function linesOf(code: string): Record<string, unknown>[] {
  return run(`const log = createLogger('info')\n${code}`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const killItself = `process.kill(process.pid, 'SIGKILL')`

describe('the logger', () => {
  test.each(['warn', 'error', 'fatal'])(
    'has written a line at %s, and those before it, when the process is killed',
    (level) => {
      const lines = linesOf(
        `log.info('before'); log.${level}({ err: new Error('the cause') }, 'it broke'); ${killItself}`,
      )
      expect(lines).toMatchObject([
        { level: 'info', msg: 'before' },
        { level, msg: 'it broke', err: { message: 'the cause' } },
      ])
    },
  )

  test('writes all lines when the process exits', () => {
    const lines = linesOf(`for (let n = 0; n < 1000; n++) log.info({ n }, 'line'); process.exit(0)`)
    expect(lines.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, n) => n))
  })

  test('writes a line soon when nothing follows it', () => {
    const lines = linesOf(`log.info('alone'); setTimeout(() => ${killItself}, 2000)`)
    expect(lines).toMatchObject([{ msg: 'alone' }])
  })

  test('leaves out credentials', () => {
    const secrets = `{ authorization: 'hidden', cookie: 'hidden', 'set-cookie': 'hidden', password: 'hidden', secret: 'hidden' }`
    const [line] = linesOf(`log.info({ headers: ${secrets} }, 'careless')`)
    expect(line).toMatchObject({ msg: 'careless', headers: { authorization: '[redacted]' } })
    expect(JSON.stringify(line)).not.toContain('hidden')
  })

  test('writes text for people, in which no control character of a client reaches the terminal', () => {
    const text = run(
      `const log = createLogger('info', 'text')
       createLineWriter(log)('info', '"userAgent":"a\\\\u001b[2J"', 'request'); log.warn({ n: 1 }, 'it \\u001b[2Jbroke')`,
    )
    expect(text).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: request .*\n\[\d\d:\d\d:\d\d\] WARN: it .*broke .*"n":1.*\n$/)
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(text).not.toMatch(/\x1b/)
  })

  test('writes ready-made lines among its own, at the levels that it writes', () => {
    const lines = linesOf(
      `const write = createLineWriter(log)
       log.error('it broke'); write('info', '"n":1', 'request'); write('debug', '"n":2', 'request'); log.info('after')`,
    )
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/) as string
    expect(lines).toEqual([
      { level: 'error', time, msg: 'it broke' },
      { level: 'info', time, n: 1, msg: 'request' },
      { level: 'info', time, msg: 'after' },
    ])
  })
})
