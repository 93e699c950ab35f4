'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { linkTo } from '@/lib/api/client/api'
import { apiReferenceHref, manualHref } from '../routes'
import { TextField } from '../ui/field'
import { Link } from '../ui/link'
import { PageHead, Section } from '../ui/page'
import { MethodBadge } from './method-badge'
import type { ApiOperation } from './read-document'
import { WithCode } from './with-code'

interface OperationListProps {
  groups: readonly {
    name: string
    operations: readonly Pick<ApiOperation, 'id' | 'method' | 'path' | 'summary'>[]
  }[]
}

/** All operations of the REST API, by what they are about; one field finds them. */
export function OperationList({ groups }: OperationListProps) {
  const t = useTranslations()
  const [search, setSearch] = useState('')
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = groups
    .map(({ name, operations }) => ({
      name,
      operations: operations.filter(({ method, path, summary }) => {
        const text = `${method} ${path} ${summary}`.toLowerCase()
        return words.every((word) => text.includes(word))
      }),
    }))
    .filter(({ operations }) => operations.length > 0)

  return (
    <>
      <PageHead
        crumbs={[{ label: t('help.manual'), href: manualHref() }, { label: t('apiReference.title') }]}
        title={t('apiReference.title')}
      />
      <p className="lead">
        {t.rich('apiReference.intro', {
          document: (chunks) => <a href={linkTo('/openapi.json')}>{chunks}</a>,
          errors: (chunks) => <Link href={`${manualHref('readme')}#when-something-is-refused`}>{chunks}</Link>,
        })}
      </p>
      <div className="operation-search">
        <TextField
          label={t('apiReference.search')}
          name="search"
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <p role="status" className={shown.length === 0 ? 'muted' : 'sr-only'}>
        {t('apiReference.found', { count: shown.reduce((sum, { operations }) => sum + operations.length, 0) })}
      </p>
      {shown.map(({ name, operations }) => (
        <Section key={name} title={name}>
          <ul className="operations">
            {operations.map(({ id, method, path, summary }) => (
              <li key={id}>
                <Link href={apiReferenceHref(id)}>
                  <MethodBadge method={method} />
                  <code>{path}</code>
                  <span className="muted" lang="en">
                    <WithCode text={summary} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </>
  )
}
