import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { OperationList } from '@/components/api-reference/operation-list'
import { readDocument } from '@/components/api-reference/read-document'
import { apiDocument } from '@/lib/api/route/api-document'

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations()
  return { title: t('apiReference.title') }
}

/** `/docs/api`: the operations of the REST API. For everybody, as the OpenAPI document is. */
export default function Page() {
  const groups = readDocument(apiDocument())
  return (
    <OperationList
      groups={groups.map(({ name, operations }) => ({
        name,
        operations: operations.map(({ id, method, path, summary }) => ({ id, method, path, summary })),
      }))}
    />
  )
}
