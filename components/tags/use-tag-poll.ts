import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { unattended } from '@/lib/api/client/attended'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { readTags, tagsQuery } from '../queries/tags'
import type { TagListParameters } from '../queries/tags'
import { repositoryQuery } from '../queries/repositories'

/** How often the tags that are shown are read again, in milliseconds. */
const againMs = 10_000

/**
 * Keeps a list of tags up to date while it is in sight: tags are pushed from elsewhere. No person asks for that, so it is
 * no use of the session, which ends as if the page lay still. When it fails, what was read before stays.
 */
export function useTagPoll(repository: RepositoryView | null, parameters: TagListParameters): void {
  const queryClient = useQueryClient()
  const key = JSON.stringify(parameters)
  const { id = null, instanceId = '', namespace = '', name = '' } = repository ?? {}
  useEffect(() => {
    if (id === null) return
    const current = JSON.parse(key) as TagListParameters
    const { queryKey } = tagsQuery(id, current)

    async function readAgain(repositoryId: string) {
      const before = queryClient.getQueryState(queryKey)
      if (before?.data === undefined || before.fetchStatus !== 'idle') return
      const page = await unattended(() => readTags(repositoryId, current))
      const now = queryClient.getQueryState(queryKey)
      // What was read meanwhile, after a change that was made here, is newer.
      if (now?.dataUpdatedAt !== before.dataUpdatedAt || now.fetchStatus !== 'idle') return
      if (queryClient.setQueryData(queryKey, page) === before.data) return
      // It has the count of tags.
      const one = repositoryQuery(instanceId, namespace, name).queryKey
      await unattended(() => queryClient.invalidateQueries({ queryKey: one }))
    }

    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void readAgain(id).catch(() => undefined)
    }, againMs)
    return () => clearInterval(timer)
  }, [queryClient, id, instanceId, namespace, name, key])
}
