import { expect, test } from 'vitest'
import { parseBasicCredentials } from './basic-credentials'

const encode = (text: string) => Buffer.from(text).toString('base64')

test.each([
  [`Basic ${encode('admin:secret')}`, { name: 'admin', secret: 'secret' }],
  [`basic  ${encode('admin:secret')} `, { name: 'admin', secret: 'secret' }],
  [`Basic ${encode('admin:a:b')}`, { name: 'admin', secret: 'a:b' }],
  [`Basic ${encode(':')}`, { name: '', secret: '' }],
  [`Basic ${encode('管理:密码')}`, { name: '管理', secret: '密码' }],
  [`Basic ${encode('admin')}`, null],
  [`Basic ${encode('admin\0:secret')}`, null],
  [`Basic ${encode('admin:sec\nret')}`, null],
  ['Basic', null],
  ['Basic !!!', null],
  [`Bearer ${encode('admin:secret')}`, null],
  [null, null],
])('%j', (header, expected) => {
  expect(parseBasicCredentials(header)).toEqual(expected)
})
