import { expect, test } from 'vitest'
import { assertPasswordAllowed } from './password-rules'

test.each([
  ['too short', 'only-eleven'],
  ['too long', 'ab1-c'.repeat(52)],
  ['the user name', 'longer.user.name'],
  ['the user name in another case', 'Longer.User.Name'],
  ['of the list of common ones', 'qwertyuiop123'],
  ['common in another case', 'QwertyUiop123'],
  ['a common one with digits and symbols behind', 'iloveyou1234'],
  ['a common one with symbols around', '!!sunshine2024'],
  ['a common one twice', 'dragon1dragon1'],
  ['one character over and over', 'aaaaaaaaaaaaaaaa'],
  ['a few characters over and over', '121212121212!'],
])('a password is refused that is %s', async (_, password) => {
  await expect(assertPasswordAllowed(password, 'longer.user.name', 'newPassword')).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    fields: [{ path: 'newPassword' }],
  })
})

test.each([
  'twelve-chars',
  'correct-horse-battery',
  'e2e-password-1234',
  'x'.repeat(250) + 'yz01-4',
  '漫长而难猜的密码一二三四',
  '82719273912love',
])('%j is allowed', async (password) => {
  await assertPasswordAllowed(password, 'longer.user.name', 'newPassword')
})
