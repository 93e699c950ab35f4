import type { ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'
import type { IconName } from './icon'

interface BannerProps {
  tone?: 'accent' | 'warn' | 'danger'
  icon: IconName
  children: ReactNode
  /** One link or button at the end. */
  action?: ReactNode
}

/** One sentence about the page or dialog. A danger one is read out at once. */
export function Banner({ tone, icon, children, action }: BannerProps) {
  return (
    <div className={classNames('banner', tone && `banner--${tone}`)} role={tone === 'danger' ? 'alert' : undefined}>
      <Icon name={icon} />
      <div className="banner-text">{children}</div>
      {action}
    </div>
  )
}
