'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { RegionId } from '@/lib/domain/regions'
import { useInstance } from '../queries/instances'
import { instanceHref, instancesHref } from '../routes'
import { PageHead } from '../ui/page'
import type { Crumb } from '../ui/page'

interface InstancePageHeadProps {
  region: RegionId
  instanceId: string
  title: string
  /** The way from the instance to the page; empty where there is no page between them. */
  way?: readonly Crumb[]
  badges?: ReactNode
  buttons?: ReactNode
}

/** The head of a page of an instance: the way to it leads through the instance. */
export function InstancePageHead({ region, instanceId, title, way = [], badges, buttons }: InstancePageHeadProps) {
  const t = useTranslations()
  const instance = useInstance(instanceId).data?.data
  return (
    <PageHead
      crumbs={[
        { label: t('instances.title'), href: instancesHref(region) },
        { label: instance?.name ?? instanceId, href: instanceHref(region, instanceId) },
        ...way,
        { label: title },
      ]}
      title={title}
      badges={badges}
      buttons={buttons}
    />
  )
}
