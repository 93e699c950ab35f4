import { redirect } from 'next/navigation'
import { maintenanceHref } from '@/components/routes'

/** `/maintenance`, for who shortens an address. */
export default function Page() {
  redirect(maintenanceHref('garbage-collection'))
}
