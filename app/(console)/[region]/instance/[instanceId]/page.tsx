import { redirect } from 'next/navigation'
import { repositoriesHref } from '@/components/routes'

interface Props {
  params: Promise<{ region: string; instanceId: string }>
}

/** `/{region}/instance/{instanceId}`: leads to the repositories, the first page of an instance. */
export default async function Page({ params }: Props) {
  const { region, instanceId } = await params
  redirect(repositoriesHref(region, instanceId))
}
