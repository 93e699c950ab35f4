import { useEffect, useEffectEvent } from 'react'

/** Calls `onBack` when the browser goes back or forward, before the page shows where it went. */
export function useBack(onBack: () => void): void {
  const back = useEffectEvent(onBack)
  useEffect(() => {
    const listener = () => back()
    window.addEventListener('popstate', listener)
    return () => window.removeEventListener('popstate', listener)
  }, [])
}
