import type { ReactNode } from 'react'

interface FactProps {
  label: string
  /** Over the whole width, for what is long. */
  full?: boolean
  children: ReactNode
}

/** A label and its value, in a `<dl className="facts">`. */
export function Fact({ label, full, children }: FactProps) {
  return (
    <div className={full ? 'full' : undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
