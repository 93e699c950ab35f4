import { expect, test } from 'vitest'
import { robotUserName } from './robot-name'
import { isUserName } from './user-name'

test.each(['a', 'li.na', 'build-bot_2', '0', 'x'.repeat(64)])('%s may be a user name', (name) => {
  expect(isUserName(name)).toBe(true)
})

test.each(['', 'Li', 'li na', '.li', 'li-', 'li/na', 'li+na', 'lí', 'li\n', 'x'.repeat(65)])(
  '%j may not be a user name',
  (name) => {
    expect(isUserName(name)).toBe(false)
  },
)

test.each(['cr_temp_user', 'anonymous', 'system', 'schedule', robotUserName('build')])(
  '%s is somebody else in records and at the registry',
  (name) => {
    expect(isUserName(name)).toBe(false)
  },
)
