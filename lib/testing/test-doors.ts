import { insertAccessKey } from '@/lib/metadata/access-keys'
import type { ProcessContext } from '@/lib/server/create-context'
import { TestApi, accessKey } from './test-api'
import { type TestRegistry, defaultInstanceId, startTestRegistry } from './test-registry'

/** Both doors over one context: what is pushed through one is asked for at the other. */
export interface TestDoors {
  readonly registry: TestRegistry
  readonly api: TestApi
  /** The parameters of paths: the default instance and its repository `test/example`. */
  readonly params: { readonly instanceId: string; readonly repositoryId: string }
  readonly close: () => Promise<void>
}

/** Opens both doors, with the repository `test/example`. The administrator has an access key, as in `openTestApi`. */
export async function openTestDoors(
  env: Readonly<Record<string, string>> = {},
  fakes: Partial<ProcessContext> = {},
): Promise<TestDoors> {
  const { registry, close } = await startTestRegistry(env, fakes)
  const { ctx } = registry
  const { id: userId } = await ctx.db.prisma.user.findFirstOrThrow({ where: { name: 'admin' } })
  const sealedSecret = ctx.secrets.seal(accessKey.secret, accessKey.id)
  await ctx.db.transaction((tx) => insertAccessKey(tx, { id: accessKey.id, userId, sealedSecret }))
  const instanceId = await defaultInstanceId(ctx)
  const { id } = await ctx.db.prisma.repository.findFirstOrThrow({ where: { instanceId, path: 'test/example' } })
  return { registry, api: new TestApi(ctx, close), params: { instanceId, repositoryId: id }, close }
}
