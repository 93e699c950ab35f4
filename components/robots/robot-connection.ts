import type { RobotGrantView, RobotView } from '@/lib/api/schemas/robots'
import type { Connection } from '../connect/snippets'

/** What a robot connects to, as an example: the first thing that it may do most on. */
export function robotConnection({
  grants,
}: Pick<RobotView, 'grants'>): Pick<Connection, 'namespace' | 'repository' | 'mayPush'> {
  const [strongest] = grants
  return {
    namespace: strongest?.namespace ?? null,
    repository: strongest?.repository ?? null,
    mayPush: strongest !== undefined && strongest.permission !== 'PULL',
  }
}

/** The path of what is granted; null: the whole instance. */
export function grantedPath({ namespace, repository }: RobotGrantView): string | null {
  return repository === null ? namespace : `${namespace}/${repository}`
}
