import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { cosign, cosignaturesOf, parseCheckpoint, signCheckpoint, verifyCosignature } from './checkpoint'
import { NoteError, isSignedBy, parseNote, parseVerifierKey, signNote, verifierKey } from './note'

/** An Ed25519 private key from its 32 bytes. */
function privateKeyOf(seed: Buffer) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

describe('the vectors of the specifications', () => {
  test('C2SP signed-note: the example verifies with its key', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const note = parseNote(
      'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    )
    expect(note.text).toBe('This is an example message.\n')
    expect(isSignedBy(note, key)).toBe(true)
    expect(isSignedBy({ ...note, text: 'This is an example message!\n' }, key)).toBe(false)
    expect(verifierKey(key.name, 'note', key.publicKey).text).toBe(key.text)
  })

  test('golang.org/x/mod/sumdb/note: the same key makes the same note', () => {
    const text =
      'If you think cryptography is the answer to your problem,\nthen you don\u0027t know what your problem is.\n'
    const seed = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1)
    const privateKey = privateKeyOf(seed)
    expect(signNote(text, 'PeterNeumann', privateKey)).toBe(
      `${text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`,
    )
    expect(verifierKey('PeterNeumann', 'note', privateKey).text).toBe(
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    )
  })

  test('C2SP tlog-cosignature: the example is a checkpoint with a cosignature of its time', () => {
    const { origin, size, note } = parseCheckpoint(
      [
        'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n',
        '\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n',
        '\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n',
      ].join(''),
    )
    expect({ origin, size }).toEqual({ origin: 'example.com/behind-the-sofa', size: 20852163 })
    expect(note.signatures.map(({ name }) => name)).toEqual(['example.com/behind-the-sofa', 'witness.example.com/w1'])
    // As in the specification: the time of the cosignature.
    expect(note.signatures[1]?.signature.readBigUInt64BE()).toBe(1679315147n)
  })
})

const root = Buffer.alloc(32, 7)
const origin = 'example-registry.cn-hangzhou.example.com'
const { privateKey } = generateKeyPairSync('ed25519')

describe('checkpoints', () => {
  test('are read as they were signed', () => {
    const text = signCheckpoint({ origin, size: 70_000, root }, privateKey)
    const { note, ...checkpoint } = parseCheckpoint(text)
    expect({ ...checkpoint, root: Buffer.from(checkpoint.root) }).toEqual({ origin, size: 70_000, root })
    expect(isSignedBy(note, verifierKey(origin, 'note', privateKey))).toBe(true)
    const other = generateKeyPairSync('ed25519').publicKey
    expect(isSignedBy(note, verifierKey(origin, 'note', other))).toBeNull()
    expect(isSignedBy(note, verifierKey('another', 'note', privateKey))).toBeNull()
  })

  test.each([
    ['a size with a zero in front', 'a\n01\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
    ['a root that is too short', 'a\n1\nBwc=\n'],
    ['no root', 'a\n1\n'],
    ['an empty origin', '\n1\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
    ['a size that is not one', 'a\n1e3\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n'],
  ])('%s is refused', (_, text) => {
    expect(() => parseCheckpoint(signNote(text, 'a', privateKey))).toThrow(NoteError)
  })
})

describe('notes and keys that are not valid', () => {
  test.each([
    'text',
    'text\n',
    'text\n\n',
    'text\n\n\u2014 name\n',
    'text\n\n\u2014 name AAAA\n',
    'text\n\n\u2014 name AAAAAAAA',
    'text\n\n\u2014 na+me AAAAAAAA\n',
    'te\txt\n\n\u2014 name AAAAAAAA\n',
    'text\n\n- name AAAAAAAA\n',
    'text\n\n\u2014 name AAAAAAA\n',
  ])('%j', (note) => {
    expect(() => parseNote(note)).toThrow(NoteError)
  })

  test.each([
    'example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    'example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    'example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U',
    'example.com/foo+530d903a',
    '',
  ])('%j', (key) => {
    expect(() => parseVerifierKey(key)).toThrow(NoteError)
  })
})

describe('cosignatures', () => {
  const { text } = parseNote(signCheckpoint({ origin, size: 5, root }, privateKey))
  const witness = generateKeyPairSync('ed25519')
  const key = verifierKey('witness.example.com/w1', 'cosignature', witness.publicKey)
  const line = cosign(text, key.name, witness.privateKey, 1_679_315_147)

  test('verify with the key, the text and the time they are of', () => {
    expect(verifyCosignature(line, text, key)).toEqual({ witness: key.name, time: 1_679_315_147, line })
    expect(verifyCosignature(line, text.replace('5', '6'), key)).toBeNull()
    const sameName = verifierKey(key.name, 'cosignature', generateKeyPairSync('ed25519').publicKey)
    expect(verifyCosignature(line, text, sameName)).toBeNull()
    const encoded = Buffer.from(line.split(' ')[2] ?? '', 'base64')
    encoded[11] = (encoded[11] as number) + 1
    const later = `\u2014 ${key.name} ${encoded.toString('base64')}`
    expect(verifyCosignature(later, text, key)).toBeNull()
  })

  test('a key of the log is not one of a witness', () => {
    const asNote = verifierKey(key.name, 'note', witness.publicKey)
    expect(asNote.id).not.toBe(key.id)
    expect(verifyCosignature(line, text, asNote)).toBeNull()
    expect(parseVerifierKey(key.text)).toMatchObject({ type: 'cosignature', id: key.id, name: key.name })
  })

  test('stand with the checkpoint', () => {
    const note = parseNote(`${signCheckpoint({ origin, size: 5, root }, privateKey)}${line}\n`)
    expect(cosignaturesOf(note, [key])).toEqual([{ witness: key.name, time: 1_679_315_147, line }])
    expect(cosignaturesOf({ ...note, text: `${note.text}more\n` }, [key])).toEqual([false])
  })
})
