import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { regionCookie } from '@/components/frame/preferences'
import { instancesHref } from '@/components/routes'
import { defaultRegionId, isRegionId } from '@/lib/domain/regions'

/** The way in: the instances of the region a person was in last. */
export default async function HomePage() {
  const region = (await cookies()).get(regionCookie)?.value ?? ''
  redirect(instancesHref(isRegionId(region) ? region : defaultRegionId))
}
