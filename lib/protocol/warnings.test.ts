import { ServerResponse, IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { addWarnings, formatWarning } from './warnings'

describe('a warning', () => {
  test.each([
    ['plain text', '299 - "plain text"'],
    ['say "hello" \\ there', '299 - "say \\"hello\\" \\\\ there"'],
    ['line\r\nSet-Cookie: x', '299 - "line??Set-Cookie: x"'],
    ['größe 镜像 🐳', '299 - "gr??e ?? ?"'],
    ['', '299 - ""'],
  ])('%o has the form of the specification', (text, header) => {
    expect(formatWarning(text)).toBe(header)
  })
})

test('an answer carries the warnings in order, as many as fit into 4096 bytes', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  const long = '"'.repeat(900)
  addWarnings(response, ['first', long, long, long, 'not this one'])
  expect(response.getHeader('Warning')).toEqual([formatWarning('first'), formatWarning(long), formatWarning(long)])
  const none = new ServerResponse(new IncomingMessage(new Socket()))
  addWarnings(none, [])
  expect(none.hasHeader('Warning')).toBe(false)
})
