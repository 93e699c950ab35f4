'use client'

import { useTranslations } from 'next-intl'
import type { ManifestDetailsView } from '@/lib/api/schemas/manifests'
import { Fact } from '../ui/fact'
import { LinkedText } from './named-texts'

type Chart = NonNullable<ManifestDetailsView['chart']>

/** What a Helm chart says of itself. */
export function ChartFacts({ chart }: { chart: Chart }) {
  const t = useTranslations()
  const { name, version, appVersion, type, kubeVersion, description, home, dependencies } = chart
  return (
    <dl className="facts facts--tight">
      {name !== null && <Fact label={t('image.chart.name')}>{name}</Fact>}
      {version !== null && (
        <Fact label={t('image.chart.version')}>
          <code>{version}</code>
        </Fact>
      )}
      {appVersion !== null && (
        <Fact label={t('image.chart.appVersion')}>
          <code>{appVersion}</code>
        </Fact>
      )}
      {type !== null && <Fact label={t('image.chart.type')}>{type}</Fact>}
      {kubeVersion !== null && (
        <Fact label={t('image.chart.kubeVersion')}>
          <code>{kubeVersion}</code>
        </Fact>
      )}
      {description !== null && (
        <Fact full label={t('image.chart.description')}>
          {description}
        </Fact>
      )}
      {home !== null && (
        <Fact full label={t('image.chart.home')}>
          <LinkedText text={home} />
        </Fact>
      )}
      {dependencies.length > 0 && (
        <Fact full label={t('image.chart.dependencies')}>
          {dependencies.map((dependency) => (
            <code key={dependency} className="badge">
              {dependency}
            </code>
          ))}
        </Fact>
      )}
    </dl>
  )
}
