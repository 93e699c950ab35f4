import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { getLocale, getTranslations } from 'next-intl/server'
import { ManualText } from '@/components/manual/manual-text'
import { manualHref as pageHref } from '@/components/routes'
import { PageHead } from '@/components/ui/page'
import { findManualPage, manualHref } from '@/lib/manual/pages'

interface Props {
  params: Promise<{ page?: string[] }>
}

async function find({ params }: Props) {
  return findManualPage(((await params).page ?? []).join('/')) ?? notFound()
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await find(props)).title }
}

/** `/docs` and below: the manual. It holds nothing secret, and is for everybody. */
export default async function Page(props: Props) {
  const { path, title, text } = await find(props)
  const t = await getTranslations()
  const isEnglish = (await getLocale()) === 'en'
  return (
    <>
      <PageHead
        crumbs={
          path === ''
            ? [{ label: t('help.manual') }]
            : [{ label: t('help.manual'), href: pageHref() }, { label: title }]
        }
        title={path === '' ? t('help.manual') : title}
      />
      {!isEnglish && <p className="muted">{t('help.manualLanguage')}</p>}
      <div lang="en">
        <ManualText text={text} hrefOf={(href) => manualHref(path, href)} />
      </div>
    </>
  )
}
