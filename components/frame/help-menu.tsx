'use client'

import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { apiReferenceHref, manualHref } from '../routes'
import { Icon } from '../ui/icon'
import { Menu, MenuItem } from '../ui/menu'

/** The ways to the manual and to the reference of the REST API. */
export function HelpMenu() {
  const t = useTranslations()
  const router = useRouter()
  return (
    <Menu label={t('help.title')} className="bar-button" button={<Icon name="help" />}>
      <MenuItem icon="manual" onSelect={() => router.push(manualHref())}>
        {t('help.manual')}
      </MenuItem>
      <MenuItem icon="lock" onSelect={() => router.push(manualHref('administrators'))}>
        {t('help.immutability')}
      </MenuItem>
      <MenuItem icon="api" onSelect={() => router.push(apiReferenceHref())}>
        {t('apiReference.title')}
      </MenuItem>
    </Menu>
  )
}
