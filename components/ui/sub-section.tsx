import { useId } from 'react'
import type { ReactNode } from 'react'

/** A part of a card, with a heading of its own. */
export function SubSection({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className="sub-section" aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        {aside !== undefined && <span className="muted">{aside}</span>}
      </header>
      {children}
    </section>
  )
}
