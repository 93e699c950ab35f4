'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { TransparencyLogView } from '@/lib/api/schemas/instances'
import { transparencyLogQuery } from '../queries/transparency'
import { CodeBlock } from '../ui/code-block'
import { CopyButton } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { Middle } from '../ui/middle'
import { Section } from '../ui/page'
import { Status } from '../ui/status'
import { Time } from '../ui/time'

/** The transparency log of the repository's instance, and how to verify it; nothing for who may not read it. */
export function TransparencyCard({ instanceId }: { instanceId: string }) {
  const { data } = useQuery(transparencyLogQuery(instanceId))
  return data === undefined ? null : <LogCard log={data} />
}

function LogCard({ log }: { log: TransparencyLogView }) {
  const t = useTranslations()
  const [key] = log.keys
  return (
    <Section
      title={t('transparency.title')}
      aside={
        <Status icon={log.isStarted ? 'seal' : 'starting'} tone={log.isStarted ? 'accent' : 'quiet'}>
          {log.isStarted ? t('transparency.consistent') : t('transparency.filling')}
        </Status>
      }
    >
      <dl className="facts">
        <Fact label={t('transparency.size')}>{t('transparency.leaves', { count: log.size })}</Fact>
        <Fact label={t('transparency.checkpoint')}>
          <Time value={log.signedAt} format="second" />{' '}
          <span className="muted">
            <Time value={log.signedAt} format="relative" />
          </span>
        </Fact>
        <Fact label={t('transparency.root')} full>
          <Long text={log.root} label={t('transparency.copyRoot')} />
        </Fact>
        {key !== undefined && (
          <Fact label={t('transparency.key')} full>
            <Long text={key} label={t('transparency.copyKey')} />
          </Fact>
        )}
        <Fact label={t('transparency.readableBy')} full>
          {log.isPublic ? t('transparency.everybody') : t('transparency.wholeInstance')}
        </Fact>
      </dl>
      <div className="section-body code-stack">
        <h3>{t('transparency.verify')}</h3>
        <CodeBlock wraps label={t('transparency.copyVerify')} lines={[[verifyCommand(log)]]} />
        <p className="help">
          {t('transparency.verifyHelp')}
          {!log.isPublic && ` ${t('transparency.verifyCredential')}`}
        </p>
      </div>
    </Section>
  )
}

/** Works where it is pasted: with the log's keys, and with a credential unless everybody may read the log. */
function verifyCommand({ path, keys, isPublic }: TransparencyLogView): string {
  const options = [...keys.map((key) => `--key ${key}`), ...(isPublic ? [] : ['--credential-stdin'])]
  return ['npm run stele -- log verify', `${window.location.origin}${path}`, ...options].join(' ')
}

function Long({ text, label }: { text: string; label: string }) {
  return (
    <span className="copy">
      <code>
        <Middle text={text} />
      </code>
      <CopyButton text={text} label={label} />
    </span>
  )
}
