'use client'

import { Fact } from '../ui/fact'
import { Link } from '../ui/link'
import { Middle } from '../ui/middle'
import { useFolded } from '../ui/use-folded'

const shownTagsMax = 8

interface TagLinksProps {
  label: string
  names: readonly string[]
  hrefOf: (name: string) => string
}

/** Tags that lead to their pages; nothing where there are none. */
export function TagLinks({ label, names, hrefOf }: TagLinksProps) {
  const { shown, showAll } = useFolded(names, shownTagsMax)
  if (names.length === 0) return null
  return (
    <Fact label={label} full={names.length > 3}>
      {shown.map((name) => (
        <Link key={name} className="mono max-w-full" aria-label={name} href={hrefOf(name)}>
          <Middle text={name} />
        </Link>
      ))}
      {showAll}
    </Fact>
  )
}
