import { useTranslations } from 'next-intl'
import { useSyncExternalStore } from 'react'
import { CopyTextButton } from '../ui/copy-button'
import { useListParameters } from '../ui/use-list-parameters'

/** Copies the address of the page, which shows everybody the same comparison. */
export function CopyLinkButton() {
  const t = useTranslations()
  // The address changes with what is compared; `useListParameters` renders again then.
  useListParameters()
  const address = useSyncExternalStore(
    () => () => undefined,
    () => location.href,
    () => '',
  )
  return <CopyTextButton text={address}>{t('compare.copyLink')}</CopyTextButton>
}
