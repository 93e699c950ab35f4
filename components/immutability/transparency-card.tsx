'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { TransparencyLogView } from '@/lib/api/schemas/instances'
import { leavesCountedMax } from '@/lib/domain/transparency/witnesses'
import { transparencyLogQuery } from '../queries/transparency'
import { Banner } from '../ui/banner'
import { CodeBlock } from '../ui/code-block'
import { CopyButton } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { Middle } from '../ui/middle'
import { Section } from '../ui/page'
import { Status } from '../ui/status'
import { SubSection } from '../ui/sub-section'
import { Time } from '../ui/time'
import { WitnessList } from './witness-list'

interface TransparencyCardProps {
  instanceId: string
  repositoryId: string
}

/**
 * The transparency log of the repository's instance, who has cosigned it, and how to verify it; nothing for who may not
 * read it.
 */
export function TransparencyCard({ instanceId, repositoryId }: TransparencyCardProps) {
  const { data } = useQuery(transparencyLogQuery(instanceId, repositoryId))
  return data === undefined ? null : <LogCard log={data} />
}

function LogCard({ log }: { log: TransparencyLogView }) {
  const t = useTranslations()
  const [key] = log.keys
  return (
    <Section title={t('transparency.title')} aside={<LogStatus log={log} />}>
      {log.stalled !== null && (
        <Banner tone="danger" icon="warn">
          <p>{t('transparency.stalledBanner')}</p>
          <p lang="en">
            <code>{log.stalled}</code>
          </p>
        </Banner>
      )}
      <dl className="facts">
        <Fact label={t('transparency.size')}>
          {t('transparency.leaves', { count: log.size })}{' '}
          {log.repositoryLeaves !== null && (
            <span className="muted">
              {t('transparency.leavesHere', {
                count: log.repositoryLeaves,
                isMore: String(log.repositoryLeaves === leavesCountedMax),
              })}
            </span>
          )}
        </Fact>
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
      {log.witnesses.length > 0 && <WitnessList witnesses={log.witnesses} />}
      <SubSection title={t('transparency.verify')}>
        <div className="section-body code-stack">
          <CodeBlock label={t('transparency.copyVerify')} lines={[[verifyCommand(log)]]} />
          <p className="help">
            {t('transparency.verifyHelp')}
            {!log.isPublic && ` ${t('transparency.verifyCredential')}`}
          </p>
        </div>
      </SubSection>
    </Section>
  )
}

/**
 * What somebody else says of the log. That it is consistent, the server does not say of itself: a witness does, which has
 * checked that what is served continues what it saw before.
 */
function LogStatus({ log: { isStarted, stalled, witnesses } }: { log: TransparencyLogView }) {
  const t = useTranslations('transparency')
  if (stalled !== null)
    return (
      <Status icon="warn" tone="danger">
        {t('stalled')}
      </Status>
    )
  if (!isStarted)
    return (
      <Status icon="starting" tone="quiet">
        {t('filling')}
      </Status>
    )
  if (witnesses.length === 0)
    return (
      <Status icon="seal" tone="quiet">
        {t('signed')}
      </Status>
    )
  if (witnesses.some(({ state }) => state === 'REFUSED'))
    return (
      <Status icon="warn" tone="danger">
        {t('disputed')}
      </Status>
    )
  if (witnesses.some(({ state }) => state === 'COSIGNED')) {
    return (
      <Status icon="verified" tone="accent">
        {t('consistent')}
      </Status>
    )
  }
  return (
    <Status icon="clock" tone="warn">
      {t('notCosigned')}
    </Status>
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
