import { useTranslations } from 'next-intl'
import { markPath } from '../ui/mark'

const lines = [
  ['v1', '7b0ce2f4d961'],
  ['v1.2', '5d84a7c9f1b0'],
  ['v1.2.3', '5d84a7c9f1b0'],
  ['v1.8.4', 'e3b16f0c42d8'],
  ['v1.9.2', 'c07d5be1a934'],
  ['v1.9.3', '9f2c41d07be8'],
  ['v2.0.0', '41ab90e6d3f2'],
] as const

/** A stele with tags and digests cut into it: what the product promises, as a picture. */
export function Slab() {
  const t = useTranslations()
  return (
    <svg className="slab" viewBox="0 0 400 560" role="img" aria-label={t('logon.slab')}>
      <path className="side" d="M328 32 360 52V528H328z" />
      <path className="face" d="M40 96 328 32V528H40z" />
      <path className="base" d="M16 528H384V552H16z" />
      <path className="seal" d={markPath} transform="translate(67 128) scale(2)" />
      {lines.map(([tag, digest], index) => (
        <g key={tag} transform={`translate(0 ${232 + index * 34})`}>
          <text className="tag" x="72">
            {tag}
          </text>
          <text x="296" textAnchor="end">
            sha256:{digest}
          </text>
        </g>
      ))}
    </svg>
  )
}
