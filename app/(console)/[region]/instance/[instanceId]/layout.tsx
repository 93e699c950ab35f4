import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { InstanceByName } from '@/components/instances/instance-by-name'
import { instanceHref } from '@/components/routes'
import { findSession, principalOf, requireSession } from '@/lib/auth/console/session'
import { getContext } from '@/lib/context'
import { hasIdForm } from '@/lib/domain/ids'
import { isRegionId } from '@/lib/domain/regions'
import { assertInstanceVisible } from '@/lib/registry/instances/assert-instance-visible'
import { getVisibleInstanceId } from '@/lib/registry/instances/get-visible-instance-id'
import { orNotFound } from '../../../or-not-found'

interface Props {
  params: Promise<{ region: string; instanceId: string }>
  children: ReactNode
}

/** The pages of an instance. An address that people wrote by hand may have its name in place of its id. */
export default async function InstanceLayout({ params, children }: Props) {
  const { region, instanceId } = await params
  if (hasIdForm('instance', instanceId)) {
    const session = await findSession()
    // Without a session, the page leads to the log-on.
    if (session) await orNotFound(() => assertInstanceVisible(getContext(), principalOf(session), instanceId))
    return children
  }
  if (!isRegionId(region)) notFound()
  const principal = principalOf(await requireSession(instanceHref(region, instanceId)))
  const id = await orNotFound(() =>
    getVisibleInstanceId(getContext(), principal, { regionId: region, name: instanceId }),
  )
  if (id === null) notFound()
  return <InstanceByName region={region} name={instanceId} instanceId={id} />
}
