import { expect, test } from 'vitest'
import { openRobotSecret, sealRobotSecret } from './robot-secrets'
import { SecretBox, createSealingKey } from './secret-box'

const box = new SecretBox(createSealingKey())
const robot = { id: 'rob-1', secretHash: 'hash 1' }

test('a sealed secret opens for its robot, as long as the hash is the one it was sealed with', () => {
  const sealedSecret = sealRobotSecret(box, robot, 'secret')
  expect(openRobotSecret(box, { ...robot, sealedSecret })).toBe('secret')
  expect(openRobotSecret(box, { ...robot, secretHash: 'hash 2', sealedSecret })).toBeNull()
  expect(openRobotSecret(box, { ...robot, id: 'rob-2', sealedSecret })).toBeNull()
  expect(openRobotSecret(box, { ...robot, sealedSecret: null })).toBeNull()
})
