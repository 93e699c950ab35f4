'use client'

import { useState } from 'react'
import type { RepositoryView } from '@/lib/api/schemas/repositories'
import { exemptTagsOf } from './exempt-tags'
import { usePolicyPreview } from './policy-preview'
import { policySettingsOf } from './policy-settings'
import type { PolicySettings } from './policy-settings'

/** What the fields of a policy that is being changed need, and what it would do. */
export function usePolicyFields(
  { base, values }: { base: RepositoryView; values: PolicySettings },
  set: (change: Partial<PolicySettings>) => void,
) {
  const [isWrong, setIsWrong] = useState(false)
  const stored = policySettingsOf(base)
  const policy = { mode: values.mode, exemptTags: exemptTagsOf(values.exemptTags) }
  const preview = usePolicyPreview(base.id, policy)
  return {
    policy,
    preview,
    /** Whether a field holds what cannot be saved, and says so. */
    isWrong,
    /** Of `ModeChoices`. */
    ofMode: { name: 'mode', value: values.mode, onChange: (mode: PolicySettings['mode']) => set({ mode }) },
    /** Of `ExemptTagsField`. */
    ofExemptTags: {
      value: policy.exemptTags,
      stored: base.immutability.exemptTags,
      counts: preview.counts,
      onChange: (exemptTags: string[]) => set({ exemptTags: exemptTags.join(' ') }),
      onWrong: setIsWrong,
    },
    /** Of `PolicyPreview`. */
    ofPreview: {
      preview,
      policy,
      isChanged: values.mode !== stored.mode || values.exemptTags !== stored.exemptTags,
    },
  }
}
