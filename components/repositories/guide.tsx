import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { CodeBlock } from '../ui/code-block'
import { Section } from '../ui/page'
import { Step } from '../ui/step'

interface GuideProps {
  repository: RepositoryView
  /** The host to write in docker commands from where this browser is. */
  registryHost: string
  userName: string
}

/** How to log in, pull, tag and push, with this repository's real address. */
export function Guide({ repository, registryHost, userName }: GuideProps) {
  const t = useTranslations()
  const address = `${registryHost}/${repository.namespace}/${repository.name}`
  const tag = { variable: t('guide.tag') }
  return (
    <Section title={t('guide.title')} aside={<span className="muted">{t('guide.help')}</span>}>
      <ol className="steps">
        <Step title={t('guide.logIn')} help={t('guide.logInHelp')}>
          <CodeBlock
            label={t('guide.copyLogIn')}
            lines={[['docker login --username=', { variable: userName }, ` ${registryHost}`]]}
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
