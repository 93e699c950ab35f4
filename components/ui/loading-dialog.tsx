import { useTranslations } from 'next-intl'
import { Button } from './button'
import { Dialog } from './dialog'
import { FormError } from './form-error'
import { Skeleton } from './states'
import { failureOf } from './failure'

interface LoadingDialogProps {
  title: string
  /** How the object is read. */
  query: { error: unknown; isFetching: boolean; isPaused: boolean; refetch: () => unknown }
  onClose: () => void
}

/** A dialog whose object is being read, or was not. It is read afresh, so that a change is decided on what is there. */
export function LoadingDialog({ title, query, onClose }: LoadingDialogProps) {
  const t = useTranslations()
  const error = failureOf(query)
  const hasFailed = error !== null && !query.isFetching
  return (
    <Dialog
      title={title}
      confirm={t('common.retry')}
      onClose={onClose}
      onSubmit={() => void query.refetch()}
      {...(hasFailed ? {} : { foot: <Button onClick={onClose}>{t('common.cancel')}</Button> })}
    >
      {hasFailed ? (
        <FormError error={error} />
      ) : (
        <div role="status" aria-label={t('table.loading', { name: title })} className="grid gap-4">
          <Skeleton width="lg" />
          <Skeleton width="xl" />
          <Skeleton width="lg" />
        </div>
      )}
    </Dialog>
  )
}
