'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { RegionId } from '@/lib/domain/regions'
import { ShowMore } from '../ui/show-more'
import { attachmentsQuery } from '../queries/manifests'
import { CodeBlock } from '../ui/code-block'
import { ListContent } from '../ui/list'
import { Section } from '../ui/page'
import { Skeleton } from '../ui/states'
import { useFormat } from '../ui/use-format'
import { AttachmentItem } from './attachment-item'

interface AttachmentsCardProps {
  region: RegionId
  repository: RepositoryView
  digest: string
  /** Host and path of the repository. */
  address: string
}

/** What belongs to an image: signatures, SBOMs, provenance and others, however they were attached. */
export function AttachmentsCard({ region, repository, digest, address }: AttachmentsCardProps) {
  const t = useTranslations()
  const format = useFormat()
  const query = useInfiniteQuery(attachmentsQuery(repository.id, digest))
  return (
    <Section
      title={t('attachments.title')}
      aside={query.data && <span className="muted">{format.number(query.data.totalCount)}</span>}
    >
      <ListContent query={query} empty={<NothingAttached address={address} digest={digest} />}>
        {(attachments) =>
          attachments === null ? (
            <p className="section-body" role="status" aria-label={t('table.loading', { name: t('attachments.title') })}>
              <Skeleton width="xl" />
            </p>
          ) : (
            <ul className="items">
              {attachments.map((attachment) => (
                <AttachmentItem
                  key={attachment.digest}
                  region={region}
                  repository={repository}
                  attachment={attachment}
                />
              ))}
            </ul>
          )
        }
      </ListContent>
      <ShowMore query={query} />
    </Section>
  )
}

function NothingAttached({ address, digest }: { address: string; digest: string }) {
  const t = useTranslations()
  return (
    <div className="section-body pull">
      <p className="muted">{t('attachments.empty')}</p>
      <CodeBlock label={t('attachments.copySign')} lines={[[`cosign sign ${address}`, { variable: `@${digest}` }]]} />
      <p className="help">{t('attachments.emptyHelp')}</p>
    </div>
  )
}
