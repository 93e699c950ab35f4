'use client'

import { useQuery } from '@tanstack/react-query'
import { newestChangeQuery } from '../queries/immutability-changes'
import { ChangeProgress } from './change-progress'

interface FollowedChangeProps {
  instanceId: string
  /** The change that was started on this page; undefined: none, so the one that runs is shown; null: it was put away. */
  started: string | null | undefined
  onDismiss: () => void
}

/** How far a change of many repositories is. */
export function FollowedChange({ instanceId, started, onDismiss }: FollowedChangeProps) {
  const newest = useQuery(newestChangeQuery(instanceId)).data
  const id = started === undefined && newest?.state === 'RUNNING' ? newest.id : started
  if (typeof id !== 'string') return null
  return <ChangeProgress key={id} id={id} takesFocus={id === started} onDismiss={onDismiss} />
}
