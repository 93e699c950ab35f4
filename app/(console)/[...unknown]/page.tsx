import { notFound } from 'next/navigation'

/** An address that leads nowhere: inside the console's frame for who is logged on. */
export default function Page() {
  notFound()
}
