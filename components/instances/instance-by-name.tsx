'use client'

import { useQuery } from '@tanstack/react-query'
import { notFound, usePathname, useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { instancesQuery } from '../queries/instances'
import { instanceHref } from '../routes'
import { PageError, Skeleton } from '../ui/states'

/** A page whose address has an instance's name in place of its id: leads to the same page with the id. */
export function InstanceByName({ region, name }: { region: RegionId; name: string }) {
  const t = useTranslations()
  const router = useRouter()
  const path = usePathname()
  const { data, error, refetch } = useQuery(
    instancesQuery({ regionId: region, search: name, pageSize: 100, cursor: undefined }),
  )
  const id = data?.items.find((instance) => instance.name === name)?.id
  useEffect(() => {
    if (id === undefined) return
    const rest = path.slice(instanceHref(region, name).length)
    router.replace(`${instanceHref(region, id)}${rest}${window.location.search}`)
  }, [id, name, path, region, router])
  if (error && !data) return <PageError error={error} gone={t('instances.gone')} onRetry={refetch} />
  if (data && id === undefined) notFound()
  return <Skeleton width="lg" />
}
