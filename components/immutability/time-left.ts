import { useFormat } from '../ui/use-format'
import { useNowMs } from '../ui/use-now'

const minuteMs = 60_000

/** How long an opening stays open, in words: whole minutes, one at least; null when its time is over. */
export function useTimeLeft(): (opening: { readonly closesAt: string }) => string | null {
  const format = useFormat()
  const nowMs = useNowMs()
  return ({ closesAt }) => {
    const leftMs = Date.parse(closesAt) - nowMs
    return leftMs <= 0 ? null : format.duration(Math.max(1, Math.round(leftMs / minuteMs)) * minuteMs)
  }
}
