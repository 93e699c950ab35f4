import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from './button'
import { Dialog } from './dialog'

interface NoticeDialogProps {
  title: string
  subject?: string
  onClose: () => void
  children: ReactNode
}

/** Says why something cannot be done; there is nothing to confirm. */
export function NoticeDialog(props: NoticeDialogProps) {
  const t = useTranslations()
  return (
    <Dialog
      {...props}
      confirm={t('common.close')}
      onSubmit={props.onClose}
      foot={<Button type="submit">{t('common.close')}</Button>}
    />
  )
}
