import { useEffect, useState } from 'react'

/** Returns the text once it has not changed for `delayMs` milliseconds; until then, what it was before. */
export function useSettled(text: string, delayMs: number): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), delayMs)
    return () => clearTimeout(timer)
  }, [text, delayMs])
  return settled
}
