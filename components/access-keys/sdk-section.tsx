'use client'

import { useTranslations } from 'next-intl'
import { CodeBlock } from '../ui/code-block'
import { Copyable } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { Section } from '../ui/page'
import { Step } from '../ui/step'
import { Tabs } from '../ui/tabs'
import { useKeptChoice } from '../ui/use-kept-choice'
import { useOrigin } from '../ui/use-origin'
import { sdkExamples } from './sdk-examples'

/** How a program that is written for ACR's API is pointed at this server. `accessKeyId` is null without a key. */
export function SdkSection({ accessKeyId }: { accessKeyId: string | null }) {
  const t = useTranslations()
  const [kept, keep] = useKeptChoice('sdk')
  const origin = useOrigin()
  const examples = sdkExamples(origin)
  const chosen = examples.find(({ key }) => key === kept) ?? examples[0]
  const { install, file, program } = chosen
  const id = accessKeyId ?? { variable: t('accessKeys.id') }

  return (
    <Section title={t('sdk.title')} aside={<span className="muted">{t('sdk.help')}</span>}>
      <dl className="facts">
        <Fact label={t('sdk.endpoint')}>
          <Copyable text={new URL(origin).host} label={t('sdk.copyEndpoint')} />
        </Fact>
        <Fact label={t('sdk.version')}>
          <code>2018-12-01</code>
        </Fact>
      </dl>
      <Tabs
        label={t('sdk.clients')}
        tabs={examples}
        chosen={chosen}
        onChoose={({ key }) => keep(key)}
        name={({ key }) => key}
      >
        <ol className="steps">
          <Step title={t('sdk.setKey')} help={t('sdk.setKeyHelp')}>
            <CodeBlock
              label={t('sdk.copySetKey')}
              lines={[
                ['export ALIBABA_CLOUD_ACCESS_KEY_ID=', id],
                ['read -rs ALIBABA_CLOUD_ACCESS_KEY_SECRET && export ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
              ]}
            />
          </Step>
          {install !== null && (
            <Step title={t('sdk.install')} help={t('sdk.installHelp')}>
              <CodeBlock label={t('sdk.copyInstall')} lines={[[install]]} />
            </Step>
          )}
          <Step title={file === null ? t('sdk.call') : t('sdk.file', { file })} help={t('sdk.programHelp')}>
            <CodeBlock
              label={t('sdk.copyProgram')}
              lines={program.split('\n').map((line) => [line])}
              isText={file !== null}
            />
          </Step>
        </ol>
      </Tabs>
    </Section>
  )
}
