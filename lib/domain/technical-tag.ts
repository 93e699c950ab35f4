const technicalTag = /^sha(?:256|512)-[0-9a-f]{64}(?:\.[\w-][\w.-]*)?$/

/** Whether a client made the tag for itself, to attach something to a manifest: `sha256-<hex>`, `.sig`, `.att`, … */
export function isTechnicalTag(name: string): boolean {
  return technicalTag.test(name)
}
