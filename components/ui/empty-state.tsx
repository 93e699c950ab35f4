import type { ReactNode } from 'react'
import { Mark } from './mark'

interface EmptyStateProps {
  title: string
  children: ReactNode
  action?: ReactNode
  /** Whether it is all the page has. */
  isPage?: boolean
}

/** What a list or page shows that holds nothing: what is missing, what to do next, one button. */
export function EmptyState({ title, children, action, isPage = false }: EmptyStateProps) {
  const Heading = isPage ? 'h1' : 'h2'
  return (
    <div className="empty">
      <Mark />
      <Heading>{title}</Heading>
      <p>{children}</p>
      {action}
    </div>
  )
}
