import { classNames } from './class-names'
import { Icon } from './icon'
import type { IconName } from './icon'

interface StatusProps {
  icon: IconName
  /** `busy`: the icon turns. */
  tone?: 'ok' | 'accent' | 'quiet' | 'warn' | 'danger' | 'busy'
  children: string
}

/** A state in a row: an icon and a word, no box. */
export function Status({ icon, tone, children }: StatusProps) {
  return (
    <span className={classNames('status', tone && `status--${tone}`)}>
      <Icon name={icon} />
      {children}
    </span>
  )
}

/** Whether something works, in a row; in its own words. */
export function EnabledStatus({
  isEnabled,
  words,
}: {
  isEnabled: boolean
  words: [enabled: string, disabled: string]
}) {
  return (
    <Status icon={isEnabled ? 'ok' : 'off'} tone={isEnabled ? 'ok' : 'quiet'}>
      {isEnabled ? words[0] : words[1]}
    </Status>
  )
}

/** A property in the head of a page. */
export function Badge({ icon, accent, children }: { icon?: IconName; accent?: boolean; children: string }) {
  return (
    <span className={classNames('badge', accent && 'badge--accent')}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  )
}
