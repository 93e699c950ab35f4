import { NoInstance } from '@/components/instances/no-instance'

/** What the address of an instance shows that does not exist, or that the person may not see. */
export default function NotFoundPage() {
  return <NoInstance />
}
