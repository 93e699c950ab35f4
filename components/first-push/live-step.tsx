import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { classNames } from '../ui/class-names'
import { Icon } from '../ui/icon'
import { Status } from '../ui/status'

/** How far a step is: done, the next one to do, or one after that. */
export type StepState = 'done' | 'running' | 'waiting'

const icons = { done: 'ok', running: 'starting', waiting: 'clock' } as const

interface LiveStepProps {
  state: StepState
  title: string
  help: ReactNode
  /** What to do for it, or what came of it. */
  children: ReactNode
}

/** One of `<ol className="live">`: it ticks itself, and never asks to be pressed. */
export function LiveStep({ state, title, help, children }: LiveStepProps) {
  const t = useTranslations()
  return (
    <li className={classNames(`is-${state}`)} aria-current={state === 'running' ? 'step' : undefined}>
      <Icon name={icons[state]} />
      <div>
        <h3>
          {title}
          <span className="sr-only">{t(`firstPush.states.${state}`)}</span>
        </h3>
        {help}
      </div>
      <div className="code-stack">{children}</div>
    </li>
  )
}

/** A part of a step that ticks itself. */
export function SubStep({ isDone, children }: { isDone: boolean; children: string }) {
  return (
    <Status icon={isDone ? 'ok' : 'starting'} tone={isDone ? 'ok' : 'accent'}>
      {children}
    </Status>
  )
}
