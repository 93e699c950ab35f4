import { expect, test } from 'vitest'
import { negotiateLocale } from './locales'

test.each([
  [null, 'en'],
  ['', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['zh-TW', 'zh-CN'],
  ['ZH', 'zh-CN'],
  ['en-AU,zh;q=0.5', 'en'],
  ['fr-FR,zh;q=0.3,en;q=0.7', 'en'],
  ['fr', 'en'],
  ['zh;q=0,en;q=0.1', 'en'],
  ['*;q=0.5, , ;q=x', 'en'],
])('Accept-Language %j reads %s', (header, locale) => {
  expect(negotiateLocale(header)).toBe(locale)
})
