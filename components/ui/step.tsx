import type { ReactNode } from 'react'

/** One of `<ol className="steps">`: what it is for, and what to type. */
export function Step({ title, help, children }: { title: string; help: string; children: ReactNode }) {
  return (
    <li>
      <div>
        <h3>{title}</h3>
        <p>{help}</p>
      </div>
      <div>{children}</div>
    </li>
  )
}
