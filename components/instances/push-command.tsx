import { useTranslations } from 'next-intl'
import { CodeBlock } from '../ui/code-block'

interface PushCommandProps {
  /** Host and path of the repository. */
  address: string
}

/** The commands that push an image. The image is empty and made on the spot: they work without another registry. */
export function PushCommand({ address }: PushCommandProps) {
  const t = useTranslations()
  const target = [`${address}:`, { variable: 'v1' }] as const
  return (
    <CodeBlock
      label={t('guide.copyPush')}
      lines={[
        ['tar -cT /dev/null | docker import - ', { variable: 'hello' }],
        ['docker tag ', { variable: 'hello' }, ' ', ...target],
        ['docker push ', ...target],
      ]}
    />
  )
}
