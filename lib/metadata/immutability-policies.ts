import type { ImmutabilityRule } from '@/lib/domain/immutability'

/** Where a repository's policy comes from: its own settings, or a default that was never changed. */
export type PolicySource = 'repository' | 'namespace' | 'instance'

/** A policy as stored: the exempt tags are one text, separated by spaces, which no pattern has. */
export interface StoredPolicy extends Omit<ImmutabilityRule, 'exemptTags'> {
  readonly exemptTags: string
}

/** Returns the exempt tags of the stored text. */
export function parseExemptTags(stored: string): readonly string[] {
  return stored === '' ? [] : stored.split(' ')
}

/** Returns the text that stores the exempt tags. */
export function storeExemptTags(exemptTags: readonly string[]): string {
  return exemptTags.join(' ')
}

/** Returns the row with its exempt tags as a list. */
export function withPolicy<Row extends StoredPolicy>(row: Row): Omit<Row, 'exemptTags'> & ImmutabilityRule {
  return { ...row, exemptTags: parseExemptTags(row.exemptTags) }
}
