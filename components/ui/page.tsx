import { useTranslations } from 'next-intl'
import { useId } from 'react'
import type { ReactNode } from 'react'
import { Link } from './link'

/** A step of the way to a page. The last one, the page itself, has no address; nor has one that is no page. */
export interface Crumb {
  label: string
  href?: string
}

interface PageHeadProps {
  crumbs: readonly Crumb[]
  title: string
  badges?: ReactNode
  /** The page's main button, and others. */
  buttons?: ReactNode
}

/** The head of a page: the way to it, its title, its main button. */
export function PageHead({ crumbs, title, badges, buttons }: PageHeadProps) {
  const t = useTranslations()
  return (
    <>
      <nav className="crumbs" aria-label={t('common.breadcrumb')}>
        <ol>
          {crumbs.map(({ label, href }, index) => (
            <li key={index}>
              {href ? (
                <Link href={href}>{label}</Link>
              ) : (
                <span aria-current={index === crumbs.length - 1 ? 'page' : undefined}>{label}</span>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <header className="page-head">
        <h1>{title}</h1>
        {badges && <span className="badges">{badges}</span>}
        {buttons && <div className="buttons">{buttons}</div>}
      </header>
    </>
  )
}

/** A part of a page with a heading, found by that heading as a region. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section className="section" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
