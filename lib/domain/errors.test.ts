import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { AppError, errorCodes } from './errors'

/**
 * What the distribution specification allows on the wire ("Error Codes"); UNKNOWN is Docker's, for failures of ours.
 */
const wireCodes = new Set([
  'BLOB_UNKNOWN',
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_INVALID',
  'MANIFEST_UNKNOWN',
  'NAME_INVALID',
  'NAME_UNKNOWN',
  'SIZE_INVALID',
  'UNAUTHORIZED',
  'DENIED',
  'UNSUPPORTED',
  'TOOMANYREQUESTS',
  'UNKNOWN',
])

const readme = readFileSync('README.md', 'utf8')

describe('every code of the error table', () => {
  test.each(errorCodes)('%s goes to container clients as a code they know, and the README explains it', (code) => {
    expect(wireCodes).toContain(new AppError(code).wireCode)
    expect(readme).toContain(`\`${code}\``)
  })
})

describe('AppError.from', () => {
  test('keeps an AppError, also one of another copy of the module', async () => {
    const known = new AppError('DENIED')
    expect(AppError.from(known)).toBe(known)
    vi.resetModules()
    const copy = await import('./errors')
    const ofAnotherBundle = new copy.AppError('DENIED')
    expect(ofAnotherBundle).not.toBeInstanceOf(AppError)
    expect(AppError.from(ofAnotherBundle)).toBe(ofAnotherBundle)
  })

  test('turns a stranger into INTERNAL that says nothing of it and keeps it as the cause', () => {
    const stranger = new Error('password=secret')
    const error = AppError.from(stranger)
    expect([error.code, error.status, error.cause]).toEqual(['INTERNAL', 500, stranger])
    expect(error.message).not.toContain('secret')
  })
})
