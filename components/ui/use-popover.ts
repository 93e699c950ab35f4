import { useEffect, useRef, useState } from 'react'
import type { ToggleEvent } from 'react'

/**
 * Whether a popover is open, for what it shows only then. The browser opens it by its button (`popovertarget`) even before
 * the scripts of the page run, when nobody hears that: so it is also asked once, when they do.
 */
export function usePopover() {
  const ref = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    if (ref.current?.matches(':popover-open') === true) setOpen(true)
  }, [])
  const onToggle = (event: ToggleEvent<HTMLDivElement>) => setOpen(event.newState === 'open')
  return { ref, isOpen, onToggle }
}
