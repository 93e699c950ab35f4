import type { RepositoryView } from '@/lib/api/schemas/repositories'
import type { ImmutabilityMode } from '@/lib/domain/immutability'
import { exemptTagsOf } from './exempt-tags'

/** The policy of a repository, as settings that can be compared. */
export interface PolicySettings {
  mode: ImmutabilityMode
  /** Separated by spaces. */
  exemptTags: string
}

/** The policy of a repository as it is stored. */
export function policySettingsOf({ immutability: { mode, exemptTags } }: RepositoryView): PolicySettings {
  return { mode, exemptTags: exemptTags.join(' ') }
}

/** A change of a policy as a request has it. */
export function policyChange({
  mode,
  exemptTags,
}: {
  readonly [Field in keyof PolicySettings]?: PolicySettings[Field] | undefined
}) {
  return {
    ...(mode !== undefined && { mode }),
    ...(exemptTags !== undefined && { exemptTags: exemptTagsOf(exemptTags) }),
  }
}
