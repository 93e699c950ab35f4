/** The group of a region in the selector of ACR's console. */
export type RegionGroup = 'china' | 'asia-pacific' | 'europe-americas' | 'middle-east'

/** A region for instances. Its display name is a translation, keyed by `id`. */
export interface Region {
  readonly id: string
  readonly group: RegionGroup
}

/**
 * The fixed list of regions, in ACR's order (help page "Regions", doc-detail/215426).
 * Regions are only labels here: every instance of a server is on that server.
 */
export const regions = [
  { id: 'cn-qingdao', group: 'china' },
  { id: 'cn-beijing', group: 'china' },
  { id: 'cn-zhangjiakou', group: 'china' },
  { id: 'cn-huhehaote', group: 'china' },
  { id: 'cn-wulanchabu', group: 'china' },
  { id: 'cn-hangzhou', group: 'china' },
  { id: 'cn-shanghai', group: 'china' },
  { id: 'cn-nanjing', group: 'china' },
  { id: 'cn-fuzhou', group: 'china' },
  { id: 'cn-shenzhen', group: 'china' },
  { id: 'cn-heyuan', group: 'china' },
  { id: 'cn-guangzhou', group: 'china' },
  { id: 'cn-wuhan-lr', group: 'china' },
  { id: 'cn-chengdu', group: 'china' },
  { id: 'cn-hongkong', group: 'china' },
  { id: 'ap-southeast-1', group: 'asia-pacific' },
  { id: 'ap-southeast-3', group: 'asia-pacific' },
  { id: 'ap-southeast-5', group: 'asia-pacific' },
  { id: 'ap-southeast-6', group: 'asia-pacific' },
  { id: 'ap-southeast-7', group: 'asia-pacific' },
  { id: 'ap-northeast-1', group: 'asia-pacific' },
  { id: 'ap-northeast-2', group: 'asia-pacific' },
  { id: 'us-west-1', group: 'europe-americas' },
  { id: 'us-east-1', group: 'europe-americas' },
  { id: 'eu-central-1', group: 'europe-americas' },
  { id: 'eu-west-1', group: 'europe-americas' },
  { id: 'me-east-1', group: 'middle-east' },
  { id: 'me-central-1', group: 'middle-east' },
] as const satisfies readonly Region[]

/** The id of a region of the list. */
export type RegionId = (typeof regions)[number]['id']

/** The region the console opens when none is selected: the one that ACR's documentation uses. */
export const defaultRegionId: RegionId = 'cn-hangzhou'

/** Whether `id` names a region of the list. */
export function isRegionId(id: string): id is RegionId {
  return regions.some((region) => region.id === id)
}
