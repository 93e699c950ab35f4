import { useTranslations } from 'next-intl'
import type { InstanceSpaceView } from '@/lib/api/schemas/space'
import { Link } from '../ui/link'
import { useFormat } from '../ui/use-format'
import { squarify } from './squarify'

type Namespaces = InstanceSpaceView['namespaces']

interface TreemapProps {
  namespaces: Namespaces
  hrefOf: (namespace: string, name: string) => string
  hrefOfNamespace: (namespace: string) => string
}

/** The units that the map is laid out in: about as wide for its height as it is shown. */
const whole = { x: 0, y: 0, width: 1000, height: 300 }

/** The shortest side, in those units, of a part that a pointer can hit: 4 px on a telephone. */
const sideMin = 12

/**
 * Repositories by size, those of a namespace together. The table below it has the same numbers for everybody; here, the
 * links are left out of the order of Tab, which would be long.
 */
export function Treemap({ namespaces, hrefOf, hrefOfNamespace }: TreemapProps) {
  const t = useTranslations()
  const format = useFormat()
  const filled = namespaces.filter(({ sizeBytes }) => sizeBytes > 0)
  const places = squarify(
    filled.map(({ sizeBytes }) => sizeBytes),
    whole,
  )
  return (
    <div className="treemap" aria-hidden="true">
      {filled.flatMap((namespace, at) => {
        const place = places[at] ?? whole
        const parts = [
          ...namespace.repositories
            .filter(({ sizeBytes }) => sizeBytes > 0)
            .map(({ name, sizeBytes }) => ({
              ...{ key: name, label: `${namespace.name}/${name}`, href: hrefOf(namespace.name, name), sizeBytes },
            })),
          ...(namespace.otherBytes === 0
            ? []
            : [
                {
                  key: ' others',
                  label: t('space.others', { count: namespace.otherCount, namespace: namespace.name }),
                  href: hrefOfNamespace(namespace.name),
                  sizeBytes: namespace.otherBytes,
                },
              ]),
        ].sort((one, other) => other.sizeBytes - one.sizeBytes)
        const inner = squarify(
          parts.map(({ sizeBytes }) => sizeBytes),
          place,
        )
        return parts.map(({ key, label, href, sizeBytes }, index) => {
          const part = inner[index] ?? place
          // What is too small to point at is left as a part of the ground.
          if (Math.min(part.width, part.height) < sideMin) return null
          return (
            <Link
              key={`${namespace.name}/${key}`}
              className={at % 2 === 0 ? 'treemap-part' : 'treemap-part treemap-part--odd'}
              href={href}
              tabIndex={-1}
              title={`${label}, ${format.bytes(sizeBytes)}`}
              style={{
                left: `${part.x / 10}%`,
                top: `${part.y / 3}%`,
                width: `${part.width / 10}%`,
                height: `${part.height / 3}%`,
              }}
            >
              <span>{label}</span>
              <small>{format.bytes(sizeBytes)}</small>
            </Link>
          )
        })
      })}
    </div>
  )
}
