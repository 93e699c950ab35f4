/** The languages of the console, in the order they are offered. */
export const locales = ['en', 'zh-CN'] as const

/** A language of the console, as a BCP 47 tag. */
export type Locale = (typeof locales)[number]

/** What a person sees whose browser asks for none of our languages. */
const defaultLocale: Locale = 'en'

/** Cookie that holds the language a person chose. */
export const localeCookie = 'stele-locale'

/** Whether `value` is one of our languages. */
export function isLocale(value: string | undefined): value is Locale {
  return locales.some((locale) => locale === value)
}

/**
 * The best of our languages for an `Accept-Language` header: by its weights, and by language alone where the region
 * is not ours (`zh-TW` reads Chinese, `en-AU` English).
 */
export function negotiateLocale(acceptLanguage: string | null): Locale {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return { language: tag.split('-')[0]?.toLowerCase(), weight: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { language } of wanted) {
    const match = locales.find((locale) => locale.split('-')[0] === language)
    if (match) return match
  }
  return defaultLocale
}
