import type { ComponentProps, MouseEvent } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'
import type { IconName } from './icon'

interface ButtonProps extends ComponentProps<'button'> {
  variant?: 'plain' | 'primary' | 'danger'
  small?: boolean
  wide?: boolean
  icon?: IconName
  /** Shows progress. A busy button keeps its focus, and a press does nothing. */
  busy?: boolean
}

/** A button with a word on it. */
export function Button({
  variant = 'plain',
  small,
  wide,
  icon,
  busy = false,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const shownIcon = busy ? 'starting' : icon
  return (
    <button
      type="button"
      {...rest}
      className={classNames(
        'button',
        variant !== 'plain' && `button--${variant}`,
        small && 'button--small',
        wide && 'button--wide',
      )}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={(event: MouseEvent<HTMLButtonElement>) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {shownIcon && <Icon name={shownIcon} />}
      {children}
    </button>
  )
}

interface IconButtonProps extends ComponentProps<'button'> {
  icon: IconName
  /** What the button does: it is its name, and shown while pointed at. */
  label: string
  large?: boolean
}

/** A button with an icon only. */
export function IconButton({ icon, label, large, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={classNames('icon-button', large && 'icon-button--large')}
    >
      <Icon name={icon} />
    </button>
  )
}

interface TextButtonProps extends ComponentProps<'button'> {
  danger?: boolean
}

/** A button that reads as text, for the Actions column and the end of a banner. */
export function TextButton({ danger, ...rest }: TextButtonProps) {
  return <button type="button" {...rest} className={classNames('text-button', danger && 'text-button--danger')} />
}
