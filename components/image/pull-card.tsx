'use client'

import { useTranslations } from 'next-intl'
import { CodeBlock } from '../ui/code-block'
import { Segmented, Select } from '../ui/filters'
import { Section } from '../ui/page'
import { useKeptChoice } from '../ui/use-kept-choice'
import { pullCommand, pullTools, toolsFor } from './pull-commands'

interface PullCardProps {
  /** Host and path of the repository. */
  address: string
  digest: string
  /** Null: it is pulled by digest only. */
  tag: string | null
  kind: string
  isProtected: boolean
}

const ways = ['tag', 'digest'] as const

/** The command that pulls it, for the tool that the person uses: this browser keeps the choice. */
export function PullCard({ address, digest, tag, kind, isProtected }: PullCardProps) {
  const t = useTranslations()
  const [keptTool, keepTool] = useKeptChoice('pull-tool')
  const [keptWay, keepWay] = useKeptChoice('pull-by')
  const tools = toolsFor(kind)
  const tool = tools.find((one) => one === keptTool) ?? tools[0] ?? pullTools[0]
  const way = tag === null ? 'digest' : (ways.find((one) => one === keptWay) ?? 'tag')
  const reference = tag !== null && way === 'tag' ? { tag } : { digest }
  return (
    <div className="beside-first">
      <Section
        title={t('pull.title')}
        aside={
          <Select label={t('pull.tool')} value={tool} onChange={keepTool}>
            {tools.map((one) => (
              <option key={one} value={one}>
                {t(`pull.tools.${one}`)}
              </option>
            ))}
          </Select>
        }
      >
        <div className="section-body pull">
          {tag !== null && (
            <Segmented
              label={t('pull.by')}
              name="pull-by"
              value={way}
              options={[
                { value: 'tag', label: t('pull.byTag') },
                { value: 'digest', label: t('pull.byDigest') },
              ]}
              onChange={keepWay}
            />
          )}
          <CodeBlock
            isText={tool === 'kubernetes'}
            label={t('pull.copy')}
            lines={[pullCommand(tool, { address, reference })]}
          />
          {tag !== null && <p className="help">{isProtected ? t('pull.protected') : t('pull.unprotected')}</p>}
        </div>
      </Section>
    </div>
  )
}
