import { expect, test } from 'vitest'
import { isRegistryPassword } from './registry-password'

test.each([
  'abcdefg1',
  'ABCDEFG!',
  '1234567!',
  'a1!a1!a1',
  `a1${'b'.repeat(30)}`,
  'correct-horse-battery',
  'a:b"c\\d$e',
])('the registry password %s fits', (text) => expect(isRegistryPassword(text)).toBe(true))

test.each([
  ['seven characters', 'abcde1!'],
  ['33 characters', `a1${'b'.repeat(31)}`],
  ['letters only', 'abcdefghij'],
  ['letters of both cases only', 'abcdEFGH'],
  ['digits only', '1234567890'],
  ['symbols only', '!!!!!!!!!!'],
  ['a space', 'abcdef 12'],
  ['a letter outside ASCII', 'pässword123'],
  ['a line break', 'abcdefg1\n'],
  ['nothing', ''],
])('a registry password of %s is refused', (_, text) => expect(isRegistryPassword(text)).toBe(false))
