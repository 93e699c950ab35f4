/* What both sides keep to and the console needs before any form is open: apart from the schemas, whose library it loads
   with the first form (docs/decisions/0053-speed-of-the-console.md). */

/** Largest number of items in a page of a list. */
export const pageSizeMax = 100

/** Most repositories that a bulk change names. */
export const repositoryIdsMax = 1000

/** How a tag may be protected, as a filter of a list. */
export const tagProtections = ['protected', 'free', 'open'] as const
