'use client'

import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import type { ChangedTextView, ComparisonView } from '@/lib/api/schemas/comparison'
import { CommandText } from '../image/layer-table'
import { shortDigest } from '../ui/digest'
import { Link } from '../ui/link'
import { useFormat } from '../ui/use-format'
import { changedWords } from './changed-words'
import type { ChangedWords } from './changed-words'
import { DifferenceTable } from './difference-table'
import type { DifferenceRow } from './difference-table'

interface ComparisonTablesProps {
  comparison: ComparisonView
  names: { before: string; after: string }
  onlyDifferences: boolean
  /** The page of a manifest. */
  hrefOf: (digest: string) => string
}

/** What two images differ in, part by part. */
export function ComparisonTables({ comparison, hrefOf, ...shared }: ComparisonTablesProps) {
  const t = useTranslations()
  const { platforms, layers, config, environment, labels } = comparison
  const settingName = useSettingName()
  return (
    <>
      <DifferenceTable
        {...shared}
        title={t('tags.platforms')}
        whatHeader={t('image.platform')}
        rows={platforms.map(({ difference, platform, before, after }) => ({
          difference,
          what: platform,
          before: before && <Content {...before} href={hrefOf(before.digest)} />,
          after: after && <Content {...after} href={hrefOf(after.digest)} />,
        }))}
      />
      <DifferenceTable
        {...shared}
        isWide
        title={t('image.layers')}
        whatHeader={t('compare.madeBy')}
        rows={layers.map(({ difference, createdBy, before, after }) => ({
          difference,
          what: createdBy ? (
            <CommandText createdBy={createdBy} />
          ) : (
            <span className="muted">{t('image.commandUnknown')}</span>
          ),
          before: before && <Content {...before} href={null} />,
          after: after && <Content {...after} href={null} />,
        }))}
      />
      <DifferenceTable
        {...shared}
        title={t('image.config')}
        whatHeader={t('compare.setting')}
        rows={config.map((text) => rowOf(text, settingName(text.name)))}
      />
      <DifferenceTable
        {...shared}
        title={t('image.environment')}
        whatHeader={t('compare.variable')}
        rows={environment.map((text) => rowOf(text, <code>{text.name}</code>))}
      />
      <DifferenceTable
        {...shared}
        title={t('image.labels')}
        whatHeader={t('compare.label')}
        rows={labels.map((text) => rowOf(text, <code>{text.name}</code>))}
      />
    </>
  )
}

const settings = {
  appVersion: 'image.chart.appVersion',
  author: 'image.author',
  command: 'image.command',
  dependencies: 'image.chart.dependencies',
  description: 'image.chart.description',
  entrypoint: 'image.entrypoint',
  home: 'image.chart.home',
  kubeVersion: 'image.chart.kubeVersion',
  name: 'image.chart.name',
  platform: 'image.platform',
  ports: 'image.ports',
  stopSignal: 'image.stopSignal',
  type: 'image.chart.type',
  user: 'image.user',
  version: 'image.chart.version',
  volumes: 'image.volumes',
  workingDirectory: 'image.directory',
} as const

/** The name of a setting of a config in words; one that this page does not know as it is. */
function useSettingName() {
  const t = useTranslations()
  return (name: string): string => {
    const key = Object.entries(settings).find(([known]) => known === name)?.[1]
    return key === undefined ? name : t(key)
  }
}

function Content({
  digest,
  sizeBytes,
  href,
}: {
  digest: string | null
  sizeBytes: number | null
  href: string | null
}) {
  const t = useTranslations()
  const format = useFormat()
  if (digest === null) return <span className="muted">{t('image.noLayer')}</span>
  const code = <code title={digest}>{shortDigest(digest)}</code>
  return (
    <>
      {href === null ? code : <Link href={href}>{code}</Link>}
      {sizeBytes !== null && <span className="size">{format.bytes(sizeBytes)}</span>}
    </>
  )
}

/** A value on both sides; of one that changed, the words that did are strong. */
function rowOf({ difference, before, after }: ChangedTextView, what: ReactNode): DifferenceRow {
  const words = difference === 'changed' && before !== null && after !== null ? changedWords(before, after) : null
  return {
    difference,
    what,
    before: before === null ? null : words ? <Words words={words.before} /> : <code>{before}</code>,
    after: after === null ? null : words ? <Words words={words.after} /> : <code>{after}</code>,
  }
}

function Words({ words: { start, changed, end } }: { words: ChangedWords }) {
  return (
    <code>
      {start}
      {/* Where nothing is as before, nothing stands out. */}
      {start === '' && end === '' ? changed : changed !== '' && <strong>{changed}</strong>}
      {end}
    </code>
  )
}
