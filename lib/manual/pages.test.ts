import { expect, test } from 'vitest'
import { findManualPage, manualHref } from './pages'

test('a page is a document of the manual', () => {
  expect(findManualPage('access')?.title).toBe('Access: who may do what')
  expect(findManualPage('decisions/0006-tag-writer')?.text).toContain('# 0006')
  expect(findManualPage('')?.title).toBe('Manual')
  expect(findManualPage('readme')?.title).toBe('Stele')
})

test.each([
  'nothing',
  '../package',
  '../README',
  'access.md',
  'gallery/README',
  'README',
  'decisions',
  '%2e%2e/README',
])('no page has the address %s', (path) => {
  expect(findManualPage(path)).toBeNull()
})

test.each([
  ['access', 'security.md#keys', '/docs/security#keys'],
  ['access', 'decisions/0006-tag-writer.md', '/docs/decisions/0006-tag-writer'],
  ['decisions/0006-tag-writer', '../immutability.md', '/docs/immutability'],
  ['access', '../README.md#develop', '/docs/readme#develop'],
  ['readme', 'docs/access.md', '/docs/access'],
  ['access', 'README.md', '/docs'],
  ['access', '#roles', '#roles'],
  ['access', 'https://example.com/a.md', 'https://example.com/a.md'],
  ['access', '../lib/config.ts', null],
  ['access', 'gallery/README.md', null],
  ['access', '../../etc/passwd.md', null],
])('in %s, a link to %s leads to %s', (path, href, target) => {
  expect(manualHref(path, href)).toBe(target)
})
