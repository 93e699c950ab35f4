'use client'

import { usePathname, useRouter } from 'next/navigation'
import { useEffect } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { instanceHref } from '../routes'
import { Skeleton } from '../ui/states'

interface InstanceByNameProps {
  region: RegionId
  name: string
  instanceId: string
}

/** A page whose address has an instance's name in place of its id: leads to the same page with the id. */
export function InstanceByName({ region, name, instanceId }: InstanceByNameProps) {
  const router = useRouter()
  const path = usePathname()
  useEffect(() => {
    const rest = path.slice(instanceHref(region, name).length)
    router.replace(`${instanceHref(region, instanceId)}${rest}${window.location.search}`)
  }, [instanceId, name, path, region, router])
  return <Skeleton width="lg" />
}
