import { useTranslations } from 'next-intl'
import type { LogWitnessView } from '@/lib/api/schemas/instances'
import { CopyButton } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { SubSection } from '../ui/sub-section'
import { Time } from '../ui/time'

const looks = {
  COSIGNED: { icon: 'verified', className: 'is-lock' },
  BEHIND: { icon: 'clock', className: undefined },
  REFUSED: { icon: 'warn', className: 'is-refused' },
} as const

/** The witnesses of a log, and where each stands. */
export function WitnessList({ witnesses }: { witnesses: readonly LogWitnessView[] }) {
  const t = useTranslations('transparency')
  const cosigned = witnesses.filter(({ state }) => state === 'COSIGNED').length
  return (
    <SubSection title={t('witnesses')} aside={t('cosignedCount', { count: cosigned, all: witnesses.length })}>
      <ul className="items">
        {witnesses.map((witness) => (
          <WitnessItem key={witness.key} witness={witness} />
        ))}
      </ul>
    </SubSection>
  )
}

function WitnessItem({ witness }: { witness: LogWitnessView }) {
  const t = useTranslations('transparency')
  const { name, state, failure, failureDetail } = witness
  const { icon, className } = looks[state]
  return (
    <li className={className}>
      <Icon name={icon} />
      <div>
        <p>{name}</p>
        <small>
          <Standing witness={witness} />
        </small>
        {failure !== null && <small>{t(`failures.${failure}`, { detail: failureDetail })}</small>}
      </div>
      <span className="end">
        <CopyButton text={witness.key} label={t('copyWitnessKey', { name })} />
      </span>
    </li>
  )
}

function Standing({ witness: { state, size, behind, cosignedAt } }: { witness: LogWitnessView }) {
  const t = useTranslations('transparency')
  const time = () => (cosignedAt === null ? null : <Time value={cosignedAt} format="relative" />)
  if (state === 'COSIGNED') {
    return t.rich('cosignedAt', { time: () => cosignedAt !== null && <Time value={cosignedAt} format="second" /> })
  }
  if (size === 0) return t(state === 'REFUSED' ? 'refusedNever' : 'behindNever')
  return t.rich(state === 'REFUSED' ? 'refusedSince' : 'behindSince', { time, behind, leaf: size })
}
