import { useTranslations } from 'next-intl'
import { Button } from './button'
import { Dialog } from './dialog'
import { FormError } from './form-error'
import { Skeleton } from './states'

interface LoadingDialogProps {
  title: string
  /** Why the object did not load; null while it loads. */
  error: unknown
  onRetry: () => void
  onClose: () => void
}

/** A dialog whose object is being read, or was not. It is read afresh, so that a change is decided on what is there. */
export function LoadingDialog({ title, error, onRetry, onClose }: LoadingDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      title={title}
      confirm={t('common.retry')}
      onClose={onClose}
      onSubmit={onRetry}
      {...(error ? {} : { foot: <Button onClick={onClose}>{t('common.cancel')}</Button> })}
    >
      {error ? (
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
