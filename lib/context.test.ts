import { expect, test, vi } from 'vitest'
import { getContext, setContext } from './context'
import { openTestContext } from './testing/test-context'

test('both bundles of the process share one: attempts, passwords and all the rest', async () => {
  const { ctx, close } = await openTestContext()
  setContext(ctx)
  vi.resetModules()
  const copy = await import('./context')
  expect(copy.getContext).not.toBe(getContext)
  expect(copy.getContext()).toBe(ctx)
  expect(copy.getContext().attempts).toBe(getContext().attempts)
  await close()
})
