import { describe, expect, it } from 'vitest'

import { parseRange, parseUploadRange } from './range'

const whole = { kind: 'whole' }
const parts = (...ranges: [start: number, end: number][]) => ({
  kind: 'parts',
  parts: ranges.map(([start, end]) => ({ start, end })),
})
const range = (start: number, end: number) => parts([start, end])
const many = (count: number) => Array.from({ length: count }, (_, at) => `${at * 10}-${at * 10}`).join()

describe('the Range header of a download', () => {
  it.each([
    ['no header', undefined, 2048, whole],
    ['both ends', 'bytes=0-499', 2048, range(0, 499)],
    ['one byte', 'bytes=5-5', 2048, range(5, 5)],
    ['the last byte', 'bytes=2047-2047', 2048, range(2047, 2047)],
    ['an open end', 'bytes=500-', 2048, range(500, 2047)],
    ['a suffix', 'bytes=-48', 2048, range(2000, 2047)],
    ['a suffix longer than the blob', 'bytes=-5000', 2048, range(0, 2047)],
    ['an end beyond the blob', 'bytes=2000-5000', 2048, range(2000, 2047)],
    ['an end beyond every number', `bytes=1-${'9'.repeat(400)}`, 2048, range(1, 2047)],
    ['the unit in upper case', 'Bytes=0-0', 2048, range(0, 0)],
    ['white space around the range', 'bytes= 0-1 ', 2048, range(0, 1)],
    ['several ranges', 'bytes=0-1,5-6', 2048, parts([0, 1], [5, 6])],
    ['several ranges in another order', 'bytes=5-6, 0-1', 2048, parts([5, 6], [0, 1])],
    ['ranges that overlap', 'bytes=5-9,0-5,20-', 100, parts([0, 9], [20, 99])],
    ['ranges that follow each other', 'bytes=0-4,5-9', 100, parts([0, 9])],
    ['one range within another', 'bytes=0-50,10-20', 100, parts([0, 50])],
    ['empty elements', 'bytes=,0-1,,5-6,', 2048, parts([0, 1], [5, 6])],
    ['ranges of which some are beyond the blob', 'bytes=0-1,5000-6000', 2048, parts([0, 1])],
    ['a range of which one is a word', 'bytes=0-1,x', 2048, whole],
    ['too many ranges', `bytes=${many(101)}`, 2048, whole],
    ['another unit', 'items=0-1', 2048, whole],
    ['no unit', '0-1', 2048, whole],
    ['no number', 'bytes=-', 2048, whole],
    ['a word', 'bytes=a-b', 2048, whole],
    ['a negative number', 'bytes=--5', 2048, whole],
    ['a fraction', 'bytes=0.5-1', 2048, whole],
    ['an empty header', '', 2048, whole],
    ['an empty blob and no header', undefined, 0, whole],
  ])('%s', (_name, header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected)
  })

  it.each([
    ['beyond the blob', 'bytes=5000-10000', 2048],
    ['from the byte after the last', 'bytes=2048-', 2048],
    ['from a number beyond every number', `bytes=${'9'.repeat(400)}-`, 2048],
    ['backwards', 'bytes=500-0', 2048],
    ['the last zero bytes', 'bytes=-0', 2048],
    ['the start of an empty blob', 'bytes=0-', 0],
    ['the first byte of an empty blob', 'bytes=0-0', 0],
    ['the end of an empty blob', 'bytes=-1', 0],
    ['several ranges beyond the blob', 'bytes=5000-,6000-', 2048],
  ])('%s is refused', (_name, header, size) => {
    expect(() => parseRange(header, size)).toThrow(expect.objectContaining({ code: 'RANGE_INVALID', detail: { size } }))
  })
})

describe('the Content-Range header of an upload', () => {
  it.each([
    ['0-0', 0, 0],
    ['0-1023', 0, 1023],
    ['1024-2047', 1024, 2047],
  ])('%s', (header, start, end) => {
    expect(parseUploadRange(header)).toEqual({ start, end })
  })

  it.each([
    ['backwards', '5-4', 'RANGE_INVALID'],
    ['beyond exact numbers', '0-9007199254740992', 'RANGE_INVALID'],
    ['with a unit', 'bytes 0-1', 'BLOB_UPLOAD_INVALID'],
    ['with a length', '0-1/2', 'BLOB_UPLOAD_INVALID'],
    ['without an end', '0-', 'BLOB_UPLOAD_INVALID'],
    ['with a line break', '0-1\n', 'BLOB_UPLOAD_INVALID'],
    ['empty', '', 'BLOB_UPLOAD_INVALID'],
  ])('%s is refused', (_name, header, code) => {
    expect(() => parseUploadRange(header)).toThrow(expect.objectContaining({ code }))
  })
})
