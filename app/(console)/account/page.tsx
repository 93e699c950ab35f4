import { redirect } from 'next/navigation'
import { accountHref } from '@/components/routes'

/** `/account`, for who shortens an address. */
export default function Page() {
  redirect(accountHref('security'))
}
