import { NoInstancePage } from '@/components/instances/no-instance-page'

/** What an address within an instance shows that names nothing, or what the person may not see. */
export default function NotFoundPage() {
  return <NoInstancePage />
}
