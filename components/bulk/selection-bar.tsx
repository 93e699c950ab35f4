import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { repositoryIdsMax } from '@/lib/api/schemas/limits'
import { Button, TextButton } from '../ui/button'
import type { Selection } from './use-selection'

interface SelectionBarProps {
  selection: Selection<RepositoryView>
  /** How many repositories match the filters of the list. */
  totalCount: number
  onChange: (target: 'immutable' | 'mutable') => void
}

/** In the foot of the table in place of the count: how many repositories are chosen, and what can be done with them. */
export function SelectionBar({ selection, totalCount, onChange }: SelectionBarProps) {
  const t = useTranslations()
  const count = selection.keys?.length ?? totalCount
  const isTooMany = selection.keys !== null && count > repositoryIdsMax
  return (
    <div className="selection" role="group" aria-label={t('bulk.selection')}>
      <strong role="status">
        {selection.isAll ? t('bulk.allSelected', { count }) : t('bulk.selected', { count })}
        {isTooMany && ` ${t('bulk.tooMany', { max: repositoryIdsMax })}`}
      </strong>
      {!selection.isAll && count < totalCount && (
        <TextButton onClick={selection.chooseAll}>{t('bulk.selectAll', { count: totalCount })}</TextButton>
      )}
      <Button small icon="lock" disabled={isTooMany} onClick={() => onChange('immutable')}>
        {t('bulk.makeImmutable')}
      </Button>
      <Button small icon="free" disabled={isTooMany} onClick={() => onChange('mutable')}>
        {t('bulk.makeMutable')}
      </Button>
      <TextButton onClick={selection.clear}>{t('bulk.clear')}</TextButton>
    </div>
  )
}
