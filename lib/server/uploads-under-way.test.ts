import { describe, expect, test } from 'vitest'
import type { Exchange } from './exchange'
import { UploadsUnderWay } from './uploads-under-way'

const collection = '/v2/{name}/blobs/uploads/'
const upload = '/v2/{name}/blobs/uploads/{upload}'

/** A request that ended so, as far as uploads go. */
function ended(method: string, status: number, { id = 'one', route = upload, isWhole = true } = {}): Exchange {
  const isPost = method === 'POST'
  return {
    route: isPost ? collection : route,
    request: { method, url: isPost ? '/v2/a/b/blobs/uploads/' : `/v2/a/b/blobs/uploads/${id}?digest=sha256:0` },
    response: {
      statusCode: status,
      writableFinished: isWhole,
      getHeader: () => (isPost && status === 202 ? id : undefined),
    },
  } as unknown as Exchange
}

describe('an upload', () => {
  test('is under way from its first answer until its last request', () => {
    const uploads = new UploadsUnderWay(new Set())
    expect(uploads.exist(0)).toBe(false)
    uploads.note(ended('POST', 202), 0)
    expect(uploads.exist(1)).toBe(true)
    uploads.note(ended('PATCH', 202), 10)
    expect(uploads.exist(11)).toBe(true)
    uploads.note(ended('PUT', 201), 20)
    expect(uploads.exist(21)).toBe(false)
  })

  test.each([
    ['cancelled', ended('DELETE', 204)],
    ['unknown', ended('PATCH', 404)],
    ['left by its client', ended('PATCH', 200, { isWhole: false })],
  ])('is not under way any more when it is %s', (_name, last) => {
    const uploads = new UploadsUnderWay(new Set())
    uploads.note(ended('POST', 202), 0)
    uploads.note(last, 10)
    expect(uploads.exist(11)).toBe(false)
  })

  test('is still under way after a refused chunk, which can be sent again', () => {
    const uploads = new UploadsUnderWay(new Set())
    uploads.note(ended('PATCH', 416), 0)
    expect(uploads.exist(1)).toBe(true)
  })

  test('whose client sends nothing more is not waited for', () => {
    const uploads = new UploadsUnderWay(new Set())
    uploads.note(ended('POST', 202, { id: 'one' }), 0)
    uploads.note(ended('POST', 202, { id: 'two' }), 1500)
    expect(uploads.exist(2500)).toBe(true)
    expect(uploads.exist(3500)).toBe(false)
  })

  test('is under way while one of its requests runs', () => {
    const running = new Set([ended('PATCH', 200)])
    expect(new UploadsUnderWay(running).exist()).toBe(true)
  })

  test('that another process answers is under way too', () => {
    const passedOn = (method: string, status: number) =>
      ({ ...ended(method, status), route: null, isPassedOn: true, door: 'registry', requestId: 'r' }) as Exchange
    expect(new UploadsUnderWay(new Set([passedOn('PATCH', 200)])).exist()).toBe(true)
    const uploads = new UploadsUnderWay(new Set())
    uploads.note(passedOn('PATCH', 202), 0)
    expect(uploads.exist(1)).toBe(true)
    uploads.note(passedOn('PUT', 201), 10)
    expect(uploads.exist(11)).toBe(false)
    uploads.note({ ...passedOn('POST', 202), response: ended('GET', 202).response }, 20)
    expect(uploads.exist(21)).toBe(true)
  })

  test('is nothing that another kind of request begins', () => {
    const uploads = new UploadsUnderWay(new Set([ended('GET', 200, { route: '/v2/{name}/blobs/{digest}' })]))
    uploads.note(ended('PUT', 201, { route: '/v2/{name}/manifests/{reference}' }), 0)
    uploads.note(ended('POST', 201), 0)
    expect(uploads.exist(1)).toBe(false)
  })
})
