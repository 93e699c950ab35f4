'use client'

import { useId } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { classNames } from './class-names'
import { Icon } from './icon'
import type { IconName } from './icon'
import { usePopover } from './use-popover'

interface MenuProps {
  /** The name of the button. */
  label: string
  className: string
  /** What the button shows. */
  button: ReactNode
  /** What stands above the items and is no item. */
  head?: ReactNode
  children: ReactNode
}

/**
 * A button that opens a list of commands, after the ARIA menu button pattern: arrows, Home and End move, Escape and a
 * press outside close. The platform's popover lays it over everything, hangs it from the button and gives the focus back.
 */
export function Menu({ label, className, button, head, children }: MenuProps) {
  const id = useId()
  const { ref: menuRef, isOpen, onToggle } = usePopover()

  function items() {
    const all = [...(menuRef.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
    return all.filter((item) => item.getClientRects().length > 0)
  }

  function move(event: KeyboardEvent) {
    const all = items()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const target = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key]
    if (event.key === 'Tab') menuRef.current?.hidePopover()
    if (target === undefined) return
    event.preventDefault()
    all[target % all.length]?.focus()
  }

  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        popoverTarget={id}
      >
        {button}
      </button>
      <div
        ref={menuRef}
        id={id}
        popover="auto"
        className="menu menu--list"
        onToggle={onToggle}
        onClick={(event) => {
          if ((event.target as HTMLElement).closest('[role^="menuitem"]')) menuRef.current?.hidePopover()
        }}
      >
        {head && <div className="menu-head">{head}</div>}
        <div ref={focusFirstWhenShown} role="menu" tabIndex={-1} aria-label={label} onKeyDown={move}>
          {children}
        </div>
      </div>
    </>
  )
}

/** The platform focuses what has this attribute when it shows a popover. React writes it on the server only. */
function focusFirstWhenShown(menu: HTMLElement | null) {
  menu?.querySelector('[role^="menuitem"]')?.setAttribute('autofocus', '')
}

interface MenuItemProps {
  icon?: IconName
  danger?: boolean
  children: ReactNode
}

/** A command of a menu. */
export function MenuItem({ icon, danger, children, onSelect }: MenuItemProps & { onSelect: () => void }) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={classNames(danger && 'is-danger')}
      onClick={onSelect}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** One of several choices, in a menu. */
export function MenuChoice({
  icon,
  children,
  checked,
  onSelect,
}: MenuItemProps & { checked: boolean; onSelect: () => void }) {
  return (
    <button type="button" role="menuitemradio" aria-checked={checked} tabIndex={-1} onClick={onSelect}>
      {icon && <Icon name={icon} />}
      {children}
      {checked && <Icon name="check" />}
    </button>
  )
}
