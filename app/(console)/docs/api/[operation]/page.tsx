import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { OperationPage } from '@/components/api-reference/operation-page'
import { readDocument } from '@/components/api-reference/read-document'
import { findSession } from '@/lib/auth/console/session'
import { apiDocument } from '@/lib/api/route/api-document'

interface Props {
  params: Promise<{ operation: string }>
}

async function find({ params }: Props) {
  const { operation: id } = await params
  return (
    readDocument(apiDocument())
      .flatMap(({ operations }) => operations)
      .find((operation) => operation.id === id) ?? notFound()
  )
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: (await find(props)).summary.replaceAll('`', '') }
}

/** `/docs/api/<operation>`: one operation, and a form that calls it for who is logged on. */
export default async function Page(props: Props) {
  const [operation, session] = await Promise.all([find(props), findSession()])
  return <OperationPage operation={operation} mayTry={session !== null} />
}
