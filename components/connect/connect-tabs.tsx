'use client'

import { useTranslations } from 'next-intl'
import { CodeBlock } from '../ui/code-block'
import { Tabs } from '../ui/tabs'
import { useKeptChoice } from '../ui/use-kept-choice'
import { useOrigin } from '../ui/use-origin'
import { connectSteps, connectTools } from './snippets'
import type { ConnectTool, Connection } from './snippets'

interface ConnectTabsProps {
  connection: Omit<Connection, 'isPlainHttp'>
  /** The tool whose steps are shown to who has chosen none yet. */
  first: ConnectTool
}

/** How to log on, push and pull, by tool. The tool that was chosen last is shown first, in this browser. */
export function ConnectTabs({ connection, first }: ConnectTabsProps) {
  const t = useTranslations('connect')
  const isPlainHttp = useOrigin().startsWith('http:')
  const [kept, keep] = useKeptChoice('connect')
  const chosen = connectTools.find(({ key }) => key === (kept ?? first)) ?? connectTools[0]
  return (
    <div className="connect">
      <Tabs
        label={t('tool')}
        tabs={connectTools}
        chosen={chosen}
        onChoose={({ key }) => keep(key)}
        name={({ name }) => name}
      >
        <ol className="how">
          {connectSteps(chosen.key, { ...connection, isPlainHttp }).map(({ key, lines, isFile }) => (
            <li key={`${chosen.key} ${key}`}>
              <p>
                <strong>{t(`steps.${key}.title`)}</strong> {t(`steps.${key}.help`)}
              </p>
              {lines.length > 0 && (
                <CodeBlock lines={lines} label={t('copy', { step: t(`steps.${key}.title`) })} isText={isFile} />
              )}
            </li>
          ))}
        </ol>
      </Tabs>
    </div>
  )
}
