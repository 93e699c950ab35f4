import { useTranslations } from 'next-intl'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { CodeBlock } from '../ui/code-block'
import { Section } from '../ui/page'
import { Step } from '../ui/step'

interface GuideProps {
  repository: RepositoryView
  instance: InstanceView
  userName: string
}

/** How to log in, pull, tag and push, with this repository's real address. */
export function Guide({ repository, instance, userName }: GuideProps) {
  const t = useTranslations()
  const address = `${instance.registryAddress}/${repository.namespace}/${repository.name}`
  const tag = { variable: t('guide.tag') }
  return (
    <Section title={t('guide.title')} aside={<span className="muted">{t('guide.help')}</span>}>
      <ol className="steps">
        <Step title={t('guide.logIn')} help={t('guide.logInHelp')}>
          <CodeBlock
            label={t('guide.copyLogIn')}
            lines={[
              [
                'docker login --username=',
                { variable: `${instance.userNamePrefix}${userName}` },
                ` ${instance.registryHost}`,
              ],
            ]}
          />
        </Step>
        <Step title={t('guide.pull')} help={t('guide.pullHelp')}>
          <CodeBlock label={t('guide.copyPull')} lines={[[`docker pull ${address}:`, tag]]} />
        </Step>
        {repository.access !== 'PULL' && (
          <Step title={t('guide.push')} help={t('guide.pushHelp')}>
            <CodeBlock
              label={t('guide.copyPush')}
              lines={[
                ['docker tag ', { variable: t('guide.imageId') }, ` ${address}:`, tag],
                [`docker push ${address}:`, tag],
              ]}
            />
          </Step>
        )}
      </ol>
    </Section>
  )
}
