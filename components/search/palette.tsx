'use client'

import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { searchQuery } from '../queries/search'
import { failureOf } from '../ui/failure'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'
import { LoadError, Skeleton } from '../ui/states'
import { Status } from '../ui/status'
import { Time } from '../ui/time'
import { Toasts } from '../ui/toast'
import { useSettled } from '../ui/use-settled'
import type { Kind, Option, OptionEnd, OptionGroup } from './options'
import { isWholeDigest, partsAround, repositoriesOf } from './options'
import { useGroups } from './use-groups'
import type { Standpoint } from './use-pages'

/** How many results of each kind are shown among all, and of the one that is chosen. */
const shownOfEach = 5
const shownOfOne = 50

/** How long typing must rest before it is searched for, in milliseconds. */
const restMs = 120

/** Longest text that is searched for. */
const textMax = 200

interface PaletteProps {
  standpoint: Standpoint
  userId: string
  /** What is in the field. */
  typed: string
  onType: (text: string) => void
  onClose: () => void
}

/**
 * Finds everything, and leads there: a combobox with its list, after the ARIA pattern. The focus stays in the field;
 * arrows move in the list, Tab goes to the next group, Enter opens, with Control in a new tab, Escape closes.
 */
export function Palette({ standpoint, userId, typed, onType, onClose }: PaletteProps) {
  const t = useTranslations()
  const router = useRouter()
  const id = useId()
  const ref = useRef<HTMLDialogElement>(null)
  const [scope, setScope] = useState<Kind | null>(null)
  const [activeId, setActiveId] = useState<string | null>(null)
  /** The text that Enter was pressed for before its results were there. */
  const [entered, setEntered] = useState<string | null>(null)

  const text = typed.replace(/\p{Cc}/gu, '').trim()
  const settled = useSettled(text, restMs)
  const wanted = entered === text || isWholeDigest(text) || text === '' ? text : settled
  const query = useQuery(searchQuery(wanted, scope === null || scope === 'pages' ? shownOfEach : shownOfOne))
  const result = wanted === '' ? undefined : query.data
  const error = wanted === '' ? null : failureOf(query)
  const isCurrent = wanted === text && (text === '' || (query.data !== undefined && !query.isPlaceholderData))

  const all = useGroups(standpoint, userId, text, result)
  const chosen = all
    .filter(({ kind }) => scope === null || kind === scope)
    .map((group) => (scope === null && text !== '' ? firstOf(group) : group))
  const options = chosen.flatMap((group) => group.options)
  const active = options.find((option) => option.id === activeId) ?? options[0]
  const domIdOf = (option: Option) => `${id}-${options.indexOf(option)}`
  const activeDomId = active && domIdOf(active)

  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])

  useEffect(() => {
    if (activeDomId !== undefined) document.getElementById(activeDomId)?.scrollIntoView({ block: 'nearest' })
  }, [activeDomId])

  function open(option: Option, inNewTab = false) {
    if (option.act !== undefined) {
      onClose()
      // Once the dialog has given the focus back.
      setTimeout(option.act)
    } else if (inNewTab) {
      window.open(option.href, '_blank', 'noopener')
    } else {
      onClose()
      router.push(option.href)
    }
  }

  const [first] = options
  useEffect(() => {
    if (entered === null || entered !== text || !isCurrent || first === undefined) return
    onClose()
    router.push(first.href)
  }, [entered, text, isCurrent, first, onClose, router])

  function moveTo(option: Option | undefined) {
    if (option !== undefined) setActiveId(option.id)
  }

  function moveBy(step: 1 | -1) {
    if (active === undefined) return
    moveTo(options[(options.indexOf(active) + step + options.length) % options.length])
  }

  /** The first result of the group after or before the active one; false where there is none. */
  function moveToGroup(step: 1 | -1): boolean {
    const at = chosen.findIndex((group) => active !== undefined && group.options.includes(active))
    const target = chosen[at + step]?.options[0]
    moveTo(target)
    return target !== undefined
  }

  function onKeyDown(event: KeyboardEvent) {
    // The keys of an input method are its own.
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown') moveBy(1)
    else if (event.key === 'ArrowUp') moveBy(-1)
    else if (event.key === 'Tab') {
      // After the last group, Tab leaves the field as everywhere.
      if (!moveToGroup(event.shiftKey ? -1 : 1)) return
    } else if (event.key === 'Enter') {
      if (!isCurrent) setEntered(text)
      else if (active !== undefined) open(active, event.ctrlKey || event.metaKey)
    } else return
    event.preventDefault()
  }

  const count = all.reduce((sum, group) => sum + group.count, 0)
  const isMore = all.some((group) => group.isMore)

  return (
    <dialog
      ref={ref}
      className="dialog palette"
      aria-label={t('search.label')}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        // A press beside it: the dialog itself is what its backdrop belongs to.
        if (event.target === ref.current) onClose()
      }}
    >
      <div className="palette-input">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label={t('search.label')}
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={activeDomId}
          placeholder={t('search.placeholder')}
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          enterKeyHint="go"
          maxLength={textMax}
          value={typed}
          onChange={(event) => {
            onType(event.target.value)
            setActiveId(null)
            setEntered(null)
          }}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="kbd" aria-label={t('common.close')} onClick={onClose}>
          Esc
        </button>
      </div>
      <div className="palette-scope" role="group" aria-label={t('search.kinds')}>
        <ScopeButton
          label={t('search.kind.all')}
          count={count}
          isMore={isMore}
          pressed={scope === null}
          onPress={() => setScope(null)}
        />
        {all.map((group) => (
          <ScopeButton
            key={group.kind}
            label={t(`search.kind.${group.kind}`)}
            count={group.count}
            isMore={group.isMore}
            pressed={scope === group.kind}
            onPress={() => setScope(scope === group.kind ? null : group.kind)}
          />
        ))}
      </div>
      <div className="hits">
        {error !== null && <LoadError error={error} onRetry={() => void query.refetch()} />}
        <div id={`${id}-list`} role="listbox" aria-label={t('search.results')} aria-busy={!isCurrent && error === null}>
          {chosen.map((group) => (
            <Group
              key={group.kind}
              group={group}
              repositoryCount={group.kind === 'tags' && result ? repositoriesOf(result.tags) : null}
              text={text}
              active={active}
              domIdOf={domIdOf}
              onMove={moveTo}
              onOpen={(option, event) => {
                if (option.act === undefined && (event.ctrlKey || event.metaKey || event.shiftKey)) return
                event.preventDefault()
                open(option)
              }}
            />
          ))}
        </div>
        {options.length === 0 &&
          error === null &&
          (isCurrent ? (
            <p className="hits-none">{t('search.nothing', { text })}</p>
          ) : (
            <div className="hits-loading" aria-hidden="true">
              <Skeleton width="xl" />
              <Skeleton width="lg" />
              <Skeleton width="xl" />
            </div>
          ))}
      </div>
      <p className="sr-only" role="status">
        {error !== null ? '' : isCurrent ? t('search.found', { count: options.length }) : t('search.loading')}
      </p>
      <Foot />
      <Toasts inDialog />
    </dialog>
  )
}

/** The group with as many results as are shown of each kind. */
function firstOf(group: OptionGroup): OptionGroup {
  return { ...group, options: group.options.slice(0, shownOfEach) }
}

function countText({ count, isMore }: Pick<OptionGroup, 'count' | 'isMore'>): string {
  return isMore ? `${count}+` : String(count)
}

interface ScopeButtonProps {
  label: string
  count: number
  isMore: boolean
  pressed: boolean
  onPress: () => void
}

function ScopeButton({ label, count, isMore, pressed, onPress }: ScopeButtonProps) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onPress}>
      {label} <span className="count">{countText({ count, isMore })}</span>
    </button>
  )
}

interface GroupProps {
  group: OptionGroup
  /** Of tags: in how many repositories those are that the server has answered. */
  repositoryCount: number | null
  text: string
  active: Option | undefined
  domIdOf: (option: Option) => string
  onMove: (option: Option) => void
  onOpen: (option: Option, event: React.MouseEvent) => void
}

function Group({ group, repositoryCount, text, active, domIdOf, onMove, onOpen }: GroupProps) {
  const t = useTranslations()
  const headId = useId()
  const shown = group.options.length
  return (
    <div role="group" aria-labelledby={headId}>
      <div className="hits-head" role="presentation">
        <span id={headId}>{t(`search.head.${group.kind}`)}</span>
        {shown < group.count || group.isMore ? (
          <span>{t('search.shownOf', { shown, count: countText(group) })}</span>
        ) : (
          repositoryCount !== null &&
          shown > 1 && <span>{t('search.inRepositories', { tags: shown, count: repositoryCount })}</span>
        )}
      </div>
      {group.options.map((option) => (
        <Link
          key={option.id}
          id={domIdOf(option)}
          className="hit"
          role="option"
          aria-selected={option === active}
          tabIndex={-1}
          href={option.href}
          onMouseMove={() => onMove(option)}
          onClick={(event) => onOpen(option, event)}
        >
          <Icon name={option.icon} />
          <span className="what" title={`${option.text} ${option.where}`.trim()}>
            <span className={option.isCode ? 'hit-code' : undefined}>
              <Marked text={option.text} wanted={text} />
            </span>
            {option.where !== '' && <span className="where">{option.where}</span>}
          </span>
          <span className="end">
            {option.end && <End end={option.end} />}
            <kbd className="kbd" aria-hidden="true">
              Enter
            </kbd>
          </span>
        </Link>
      ))}
    </div>
  )
}

/** A text with the part that was asked for. */
function Marked({ text, wanted }: { text: string; wanted: string }) {
  const parts = partsAround(text, wanted)
  if (parts === null) return text
  const [before, found, after] = parts
  return (
    <>
      {before}
      <mark>{found}</mark>
      {after}
    </>
  )
}

function End({ end }: { end: OptionEnd }) {
  const t = useTranslations()
  switch (end.kind) {
    case 'pushed':
      return <Time value={end.at} format="relative" />
    case 'protected':
      return (
        <Status icon="lock" tone="accent">
          {t('tags.protected')}
        </Status>
      )
    case 'immutable':
      return (
        <Status icon="lock" tone="accent">
          {t('repositories.immutable')}
        </Status>
      )
    case 'mutable':
      return (
        <Status icon="free" tone="quiet">
          {t('repositories.mutable')}
        </Status>
      )
  }
}

function Foot() {
  const t = useTranslations()
  return (
    <div className="palette-foot">
      <span className="keys">
        <kbd className="kbd">↑</kbd>
        <kbd className="kbd">↓</kbd>
        {t('search.move')}
      </span>
      <span className="keys">
        <kbd className="kbd">Enter</kbd>
        {t('search.enter')}
      </span>
      <span className="keys">
        <kbd className="kbd">Ctrl Enter</kbd>
        {t('search.newTab')}
      </span>
      <span className="keys">
        <kbd className="kbd">Tab</kbd>
        {t('search.nextGroup')}
      </span>
      <span className="palette-hint">{t('search.hint')}</span>
    </div>
  )
}
