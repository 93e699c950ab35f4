'use client'

import { useEffect, useEffectEvent, useRef } from 'react'
import type { Run } from '../queries/maintenance'

/** Calls `onEnd` with each run that was seen running here and has ended. */
export function useRunEnd<T extends Run>(runs: readonly T[] | undefined, onEnd: (run: T) => void) {
  const seen = useRef(new Set<string>())
  const tell = useEffectEvent(onEnd)
  useEffect(() => {
    for (const run of runs ?? []) {
      if (run.state === 'RUNNING') seen.current.add(run.id)
      else if (seen.current.delete(run.id)) tell(run)
    }
  }, [runs])
}
