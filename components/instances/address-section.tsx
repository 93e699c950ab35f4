import { useTranslations } from 'next-intl'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { Copyable } from '../ui/copy-button'
import { Fact } from '../ui/fact'
import { Section } from '../ui/page'
import { Skeleton } from '../ui/states'
import { Time } from '../ui/time'

/** Where an instance answers from this browser, and what it is called; null: it loads. */
export function AddressSection({ region, instance }: { region: RegionId; instance: InstanceView | null }) {
  const t = useTranslations()
  const loading = <Skeleton width="xl" />
  return (
    <Section title={t('address.title')}>
      <dl className="facts">
        <Fact label={t('address.registry')} full>
          {instance ? <Copyable text={instance.registryAddress} label={t('address.copy')} /> : loading}
        </Fact>
        <Fact label={t('overview.id')}>
          {instance ? <Copyable text={instance.id} label={t('overview.copyId')} /> : loading}
        </Fact>
        <Fact label={t('details.region')}>
          {t(`regions.${region}`)} <code className="muted">{region}</code>
        </Fact>
        <Fact label={t('instances.created')}>
          {instance ? <Time value={instance.createdAt} format="minute" /> : loading}
        </Fact>
      </dl>
      <MoreEndpoints instance={instance} />
    </Section>
  )
}

interface MoreEndpointsProps {
  /** Null: it loads. */
  instance: InstanceView | null
  /** `/<namespace>/<repository>` of a repository; empty for the instance. */
  path?: string
}

/** The other addresses of an instance or of one of its repositories, folded: they may have to be set up first. */
export function MoreEndpoints({ instance, path = '' }: MoreEndpointsProps) {
  const t = useTranslations()
  const { internet = '', vpc = '', path: byPath = null } = instance?.endpoints ?? {}
  const others = [
    { label: t('details.internetEndpoint'), host: internet, copy: t('details.copyInternetEndpoint') },
    { label: t('details.vpcEndpoint'), host: vpc, copy: t('details.copyVpcEndpoint') },
    { label: t('address.byPath'), host: byPath, copy: t('address.copyByPath') },
  ].filter(({ host }) => host !== null && host !== instance?.registryAddress)
  return (
    <details className="more">
      <summary>{t('address.more')}</summary>
      <dl className="facts">
        {others.map(({ label, host, copy }) => (
          <Fact key={label} label={label} full>
            {instance ? <Copyable text={`${host}${path}`} label={copy} /> : <Skeleton width="xl" />}
          </Fact>
        ))}
      </dl>
      <p>{t('address.moreHelp')}</p>
    </details>
  )
}
