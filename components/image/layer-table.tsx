'use client'

import { useTranslations } from 'next-intl'
import type { LayerView } from '@/lib/api/schemas/manifests'
import { Digest, shortDigest } from '../ui/digest'
import { Status } from '../ui/status'
import { useFolded } from '../ui/use-folded'
import { useFormat } from '../ui/use-format'
import { readLayerCommand } from './layer-command'

const shownMax = 30

interface LayerTableProps {
  layers: { items: readonly LayerView[]; totalCount: number }
}

/** The layers of an image, the base first: the command that made each, how large it is, its digest. */
export function LayerTable({ layers: { items, totalCount } }: LayerTableProps) {
  const t = useTranslations()
  const { shown, showAll } = useFolded(items, shownMax)
  const wholeBytes = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (items.length === 0) return <p className="card-line muted">{t('image.noLayers')}</p>
  return (
    <>
      <table className="table layers" role="table" aria-label={t('image.layers')}>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {t('image.madeBy')}
            </th>
            <th scope="col" role="columnheader" className="num layer-size">
              {t('tags.size')}
            </th>
            <th scope="col" role="columnheader" className="layer-digest">
              {t('tags.digest')}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((layer, index) => (
            <LayerRow key={index} layer={layer} wholeBytes={wholeBytes} />
          ))}
        </tbody>
      </table>
      {showAll && <p className="card-line">{showAll}</p>}
      {totalCount > items.length && (
        <p className="card-line muted">{t('image.notAll', { shown: items.length, count: totalCount })}</p>
      )}
    </>
  )
}

function LayerRow({ layer, wholeBytes }: { layer: LayerView; wholeBytes: number }) {
  const t = useTranslations()
  const format = useFormat()
  const { digest, sizeBytes, isPresent } = layer
  const share = wholeBytes === 0 ? 0 : (sizeBytes / wholeBytes) * 100
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <LayerCommandText layer={layer} />
      </th>
      <td role="cell" className="num layer-size">
        {digest === null ? (
          <span className="muted">{t('image.empty')}</span>
        ) : (
          <>
            {format.bytes(sizeBytes)}
            <span className="meter" aria-hidden="true">
              <span style={{ width: `${share}%` }} />
            </span>
          </>
        )}
      </td>
      <td role="cell" className="layer-digest">
        {digest === null ? (
          <span className="muted">{t('image.noLayer')}</span>
        ) : (
          <Digest digest={digest} label={t('image.copyLayer', { digest: shortDigest(digest) })} />
        )}
        {digest !== null && !isPresent && (
          <Status icon="warn" tone="warn">
            {t('image.missing')}
          </Status>
        )}
      </td>
    </tr>
  )
}

/** How the layer was made; what it is, where the config does not say. */
function LayerCommandText({ layer: { createdBy, title, mediaType } }: { layer: LayerView }) {
  const t = useTranslations()
  if (!createdBy) return <span className="muted layer-text">{title ?? mediaType ?? t('image.commandUnknown')}</span>
  return <CommandText createdBy={createdBy} />
}

/** A command of a build, its instruction quiet. */
export function CommandText({ createdBy }: { createdBy: string }) {
  const { instruction, text } = readLayerCommand(createdBy)
  return (
    <code className="layer-text" title={createdBy}>
      {instruction !== null && <span className="muted">{instruction} </span>}
      {text}
    </code>
  )
}
