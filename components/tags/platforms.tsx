import { useTranslations } from 'next-intl'
import { useId } from 'react'
import type { ReactNode } from 'react'
import { Middle } from '../ui/middle'

const shownMax = 2

/** Of kinds that have words of their own. */
const named = ['helmChart', 'artifact'] as const

/** The first platforms, the operating system said once; what is no image shows its type. */
export function Platforms({
  of,
}: {
  of: { platforms: readonly string[]; artifactType: string | null; kind?: string }
}) {
  const t = useTranslations()
  const [first, ...others] = of.platforms
  if (first === undefined) {
    const kind = named.find((name) => name === of.kind)
    const type = of.artifactType === null ? null : <Middle text={of.artifactType} />
    if (kind === undefined) return <span className="muted">{type ?? '—'}</span>
    return (
      <span className="two">
        <span>{t(`tagTable.kind.${kind}`)}</span>
        {type && <small className="mono">{type}</small>}
      </span>
    )
  }
  const system = `${first.split('/')[0]}/`
  const shown = [
    first,
    ...others.map((platform) => (platform.startsWith(system) ? platform.slice(system.length) : platform)),
  ]
  return (
    <span className="platforms" title={of.platforms.join(', ')}>
      {shown.slice(0, shownMax).map((platform) => (
        <code key={platform} className="badge">
          {Array.from(platform).length > 20 ? `${platform.slice(0, 19)}…` : platform}
        </code>
      ))}
      {shown.length > shownMax && (
        <AllPlatforms platforms={of.platforms} className="badge mono">
          +{shown.length - shownMax}
        </AllPlatforms>
      )}
    </span>
  )
}

interface AllPlatformsProps {
  platforms: readonly string[]
  className: string
  children: ReactNode
}

/** A button that shows all platforms, for those of which only some or the number are shown. */
export function AllPlatforms({ platforms, className, children }: AllPlatformsProps) {
  const t = useTranslations()
  const id = useId()
  const label = t('tagTable.allPlatforms', { count: platforms.length })
  return (
    <>
      <button type="button" className={className} aria-label={label} title={platforms.join(', ')} popoverTarget={id}>
        {children}
      </button>
      <span
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        tabIndex={-1}
        ref={(popover) => popover?.setAttribute('autofocus', '')}
        className="menu menu--list menu--platforms"
      >
        {platforms.map((platform) => (
          <code key={platform}>{platform}</code>
        ))}
      </span>
    </>
  )
}
