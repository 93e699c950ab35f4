'use client'

import { useTranslations } from 'next-intl'
import type { InstanceView } from '@/lib/api/schemas/instances'
import type { RegionId } from '@/lib/domain/regions'
import { instanceHref } from '../routes'
import { classNames } from '../ui/class-names'
import { CopyButton } from '../ui/copy-button'
import { Icon } from '../ui/icon'
import { Link } from '../ui/link'
import { Menu, MenuItem } from '../ui/menu'
import { Skeleton } from '../ui/states'
import { Status } from '../ui/status'
import { useFormat } from '../ui/use-format'
import { useIsAdministrator } from '../user-context'

interface InstanceListProps {
  region: RegionId
  /** Null while they load. */
  instances: readonly InstanceView[] | null
  stale: boolean
  onRename: (instance: InstanceView) => void
  onDelete: (instance: InstanceView) => void
}

/** Instances as cards: name, state, what they hold, where they answer. */
export function InstanceCards({ region, instances, stale, onRename, onDelete }: InstanceListProps) {
  const t = useTranslations()
  const isAdministrator = useIsAdministrator()
  if (instances === null) return <CardSkeletons />
  return (
    <ul className={classNames('cards', stale && 'is-stale')} aria-label={t('instances.title')} aria-busy={stale}>
      {instances.map((instance) => (
        <li key={instance.id} className="card">
          <header>
            <h2>
              <Link className="card-link" href={instanceHref(region, instance.id)}>
                {instance.name}
              </Link>
            </h2>
            {isAdministrator && (
              <Menu
                label={t('instances.moreActions', { name: instance.name })}
                className="icon-button"
                button={<Icon name="dots" />}
              >
                <MenuItem icon="edit" onSelect={() => onRename(instance)}>
                  {t('instances.rename')}
                </MenuItem>
                {!instance.isDefault && (
                  <MenuItem icon="trash" danger onSelect={() => onDelete(instance)}>
                    {t('common.delete')}
                  </MenuItem>
                )}
              </Menu>
            )}
            <p className="meta">
              <Status icon="ok" tone="ok">
                {t('instances.running')}
              </Status>
              <span aria-hidden="true">·</span>
              {t('instances.edition')} {t(`instances.specifications.${instance.specification}`)}
            </p>
            <p className="meta">
              <code>{instance.id}</code>
            </p>
          </header>
          <Figures instance={instance} />
          <footer>
            <span className="copy card-over">
              <code title={instance.registryAddress}>{instance.registryAddress}</code>
              <CopyButton
                text={instance.registryAddress}
                label={t('instances.copyEndpoint', { name: instance.name })}
              />
            </span>
            {instance.isDefault && <span title={t('instances.defaultHelp')}>{t('instances.default')}</span>}
          </footer>
        </li>
      ))}
    </ul>
  )
}

function Figures({ instance }: { instance: InstanceView }) {
  const t = useTranslations()
  const format = useFormat()
  return (
    <dl className="card-figures">
      <div>
        <dt>{t('instances.repositories')}</dt>
        <dd>{format.number(instance.repositoryCount)}</dd>
      </div>
      <div>
        <dt>{t('instances.tags')}</dt>
        <dd>{format.number(instance.tagCount)}</dd>
      </div>
      <div>
        <dt>{t('instances.storage')}</dt>
        <dd>{format.bytes(instance.storageBytes)}</dd>
      </div>
    </dl>
  )
}

/** As tall as the cards to come. */
function CardSkeletons() {
  const t = useTranslations()
  return (
    <div className="cards" role="status" aria-label={t('table.loading', { name: t('instances.title') })}>
      {[0, 1, 2].map((index) => (
        <div key={index} className="card card--skeleton" aria-hidden="true">
          <header>
            <Skeleton width="lg" />
            <Skeleton width="xl" />
            <Skeleton width="xl" />
          </header>
          <div className="card-figures">
            <Skeleton width="md" />
            <Skeleton width="md" />
            <Skeleton width="md" />
          </div>
          <footer>
            <Skeleton width="xl" />
          </footer>
        </div>
      ))}
    </div>
  )
}
