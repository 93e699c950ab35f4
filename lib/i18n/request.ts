import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { isLocale, localeCookie, negotiateLocale } from './locales'
import type { Locale } from './locales'
import en from './messages/en.json'
import zhCN from './messages/zh-CN.json'

const messages: Record<Locale, typeof en> = { en, 'zh-CN': zhCN }

/** The language and messages of one request. Found by next-intl's plugin, named in next.config.mjs. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get(localeCookie)?.value
  const locale = isLocale(chosen) ? chosen : negotiateLocale((await headers()).get('accept-language'))
  return { locale, messages: messages[locale] }
})
