import { useTranslations } from 'next-intl'
import type { TagView } from '@/lib/api/schemas/tags'
import type { Selection } from '../bulk/use-selection'
import { Button, TextButton } from '../ui/button'
import { Link } from '../ui/link'

interface TagSelectionBarProps {
  selection: Selection<TagView>
  /** How many tags match the filters of the list. */
  totalCount: number
  /** The comparison of two tags. */
  hrefOfComparison: (before: string, after: string) => string
  /** Null: the person may not. */
  onDelete: ((count: number) => void) | null
}

/** In the foot of the table in place of the count: how many tags are chosen, and what can be done with them. */
export function TagSelectionBar({ selection, totalCount, hrefOfComparison, onDelete }: TagSelectionBarProps) {
  const t = useTranslations()
  const count = selection.keys?.length ?? totalCount
  const [before, after, more] = selection.keys ?? []
  return (
    <div className="selection" role="group" aria-label={t('bulk.selection')}>
      <strong role="status">
        {selection.isAll ? t('bulk.allSelected', { count }) : t('bulk.selected', { count })}
      </strong>
      {!selection.isAll && count < totalCount && (
        <TextButton onClick={selection.chooseAll}>{t('bulk.selectAll', { count: totalCount })}</TextButton>
      )}
      {before !== undefined && after !== undefined && more === undefined && (
        <Link className="button button--small" href={hrefOfComparison(before, after)}>
          {t('tagTable.compare')}
        </Link>
      )}
      {onDelete && (
        <Button small onClick={() => onDelete(count)}>
          {t('tagTable.deleteChosen')}
        </Button>
      )}
      <TextButton onClick={selection.clear}>{t('bulk.clear')}</TextButton>
    </div>
  )
}
