import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attachmentHeader, safeFileName } from './file-name'

test.each([
  ['sbom.spdx.json', 'sbom.spdx.json'],
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\system.ini', 'system.ini'],
  ['/', 'fallback'],
  ['..', 'fallback'],
  ['.bashrc', 'bashrc'],
  ['a\r\nSet-Cookie: x=y', 'aSet-Cookie_ x=y'],
  ['x"; filename=y.html', 'x__ filename=y.html'],
  ['nul.txt', '_nul.txt'],
  ['CON', '_CON'],
  ['invoice\u202egpj.exe', 'invoicegpj.exe'],
  ['trailing. . ', 'trailing'],
  ['\ud800', 'fallback'],
  ['图表.tgz', '图表.tgz'],
  [null, 'fallback'],
])('%j becomes %j', (given, name) => {
  expect(safeFileName(given, 'fallback')).toBe(name)
})

test('a long name keeps its ending', () => {
  expect(safeFileName(`${'é'.repeat(3000)}.json`, '')).toBe(`${'é'.repeat(97)}.json`)
})

test('whatever a pusher writes, the header is one line of ASCII, and the name has no folder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
      const name = safeFileName(given, 'fallback')
      expect(name).not.toMatch(/[/\\\p{Cc}"]|^\.|^$/u)
      expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(200)
      const header = attachmentHeader(name)
      expect(header).toMatch(/^attachment; filename="[\x20\x21\x23-\x5b\x5d-\x7e]+"(?:; filename\*=UTF-8''[\w.~%-]+)?$/)
      const encoded = header.split("''")[1]
      if (encoded !== undefined) expect(decodeURIComponent(encoded)).toBe(name)
      expect(() => new Headers({ 'content-disposition': header })).not.toThrow()
    }),
  )
})
