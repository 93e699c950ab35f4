'use client'

import { useTranslations } from 'next-intl'
import type { ComparisonView } from '@/lib/api/schemas/comparison'
import { useFormat } from '../ui/use-format'

interface ComparisonFiguresProps {
  comparison: ComparisonView
  names: { before: string; after: string }
}

/** Both ends of a long name: it is in a sentence. */
function shortName(name: string): string {
  return name.length <= nameMax ? name : `${name.slice(0, 14)}…${name.slice(-12)}`
}

const nameMax = 28

/** How far two images differ, in numbers. */
export function ComparisonFigures({ comparison, names }: ComparisonFiguresProps) {
  const t = useTranslations()
  const format = useFormat()
  const { before, after, layers, config, environment, labels, platform, pulledBytes } = comparison
  const [oldSize, newSize] = [format.bytes(before.sizeBytes), format.bytes(after.sizeBytes)]
  const grown = after.sizeBytes - before.sizeBytes
  const differing = (rows: readonly { difference: string }[]) =>
    rows.filter(({ difference }) => difference !== 'same').length
  const sign = grown < 0 ? '−' : grown > 0 ? '+' : ''
  return (
    <dl className="figures figures--compare">
      <div className="figure">
        <dt>{t('tags.size')}</dt>
        <dd className="value">
          {sign}
          {format.bytes(Math.abs(grown))}
        </dd>
        <dd className="note">
          {oldSize === newSize
            ? t('compare.ofSize', { size: newSize })
            : t('compare.fromTo', { before: oldSize, after: newSize })}
        </dd>
      </div>
      <div className="figure">
        <dt>{platform === null ? t('image.layers') : t('compare.layersOf', { platform })}</dt>
        <dd className="value">{t('compare.ofDiffer', { count: differing(layers), all: layers.length })}</dd>
        <dd className="note">
          {t('compare.pulled', { size: format.bytes(pulledBytes), name: shortName(names.before) })}
        </dd>
      </div>
      <div className="figure">
        <dt>{t('image.config')}</dt>
        <dd className="value">
          {t('compare.differences', { count: differing(config) + differing(environment) + differing(labels) })}
        </dd>
        <dd className="note">
          {t('compare.configNote', {
            settings: differing(config),
            variables: differing(environment),
            labels: differing(labels),
          })}
        </dd>
      </div>
    </dl>
  )
}
