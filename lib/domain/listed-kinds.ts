/** What tags are told apart by in a list: fewer kinds than `contentKinds`. An index of images is an image. */
export const listedKinds = ['image', 'helmChart', 'artifact'] as const

/** What a tag is in a list; `Tag.kind`. */
export type ListedKind = (typeof listedKinds)[number]
