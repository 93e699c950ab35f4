import { useTranslations } from 'next-intl'
import { EmptyState } from './empty-state'
import { Link } from './link'

interface NotFoundProps {
  /** Says what is not there. */
  title: string
  /** Where to go on. */
  way: { label: string; href: string }
}

/** What a page shows whose address names nothing, or nothing that the person may see. */
export function NotFound({ title, way }: NotFoundProps) {
  const t = useTranslations()
  return (
    <EmptyState
      isPage
      title={title}
      action={
        <Link className="button button--primary" href={way.href}>
          {way.label}
        </Link>
      }
    >
      {t('pages.notFoundHelp')}
    </EmptyState>
  )
}
