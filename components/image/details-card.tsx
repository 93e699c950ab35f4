'use client'

import { useTranslations } from 'next-intl'
import { Suspense, useState } from 'react'
import type { ReactNode } from 'react'
import type { ManifestDetailsView } from '@/lib/api/schemas/manifests'
import { TextButton } from '../ui/button'
import { lazyComponent } from '../ui/lazy-component'
import { Section } from '../ui/page'

const ManifestDialog = lazyComponent(() => import('./manifest-dialog'), 'ManifestDialog')

interface DetailsCardProps {
  repositoryId: string
  /** Undefined while it loads, and where it did not. */
  manifest: ManifestDetailsView | undefined
  /** Facts. */
  children: ReactNode
}

/** Facts about a tag or manifest, and a button that shows the manifest itself. */
export function DetailsCard({ repositoryId, manifest, children }: DetailsCardProps) {
  const t = useTranslations()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Section
      title={t('tagHistory.details')}
      aside={manifest && <TextButton onClick={() => setIsOpen(true)}>{t('image.manifest')}</TextButton>}
    >
      <dl className="facts">{children}</dl>
      <Suspense>
        {isOpen && manifest && (
          <ManifestDialog repositoryId={repositoryId} manifest={manifest} onClose={() => setIsOpen(false)} />
        )}
      </Suspense>
    </Section>
  )
}
