import { notFound } from 'next/navigation'

/** An address within an instance that leads nowhere. */
export default function Page() {
  notFound()
}
