/**
 * A text whose byte order is the version order of tags: `v1.9` before `v1.10`, `2.0.0-rc.1` before `2.0.0`, and names
 * without a version before all versions. At most `versionKeyMax` ASCII characters. docs/decisions/0025-version-keys.md
 * has the form; it is stored, so that a change of it needs a migration that computes all keys again.
 */
export function versionKey(tag: string): string {
  const lowered = tag.toLowerCase()
  const version = /(?<=^|[._-])v?(\d+(?:\.\d+)*)/.exec(lowered)
  if (version === null) return `0${withNumbers(lowered)}`
  const [whole, numbers = ''] = version
  const before = lowered.slice(0, version.index)
  const after = lowered.slice(version.index + whole.length)
  return [
    before === '' ? '1' : `0${withNumbers(before)}`,
    numbers.split('.').map(numberKey).join(marks.moreNumbers),
    isPreRelease(after) ? `${marks.preRelease}${withNumbers(after.replace(/^[._-]/, ''))}` : undefined,
    after === '' ? marks.release : undefined,
    after !== '' && !isPreRelease(after) ? `${marks.afterRelease}${withNumbers(after)}` : undefined,
  ].join('')
}

/** Longest version key of a tag of 128 characters. */
export const versionKeyMax = 260

/** What follows the numbers of a version, in order. */
const marks = { preRelease: '0', release: '1', afterRelease: '2', moreNumbers: '3' } as const

/** As SemVer has it, what is after a hyphen comes before the release; so do the names that others write without one. */
function isPreRelease(after: string): boolean {
  return /^(?:-|[._]?(?:alpha|beta|pre|preview|rc|dev|snapshot)(?![a-z])|[._]?[abc]\d)/.test(after)
}

function withNumbers(text: string): string {
  return text.replace(/\d+/g, numberKey)
}

/** A number with as many digits as its two first characters say, in hexadecimal: more digits are a larger number. */
function numberKey(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, '')
  return `${significant.length.toString(16).padStart(2, '0')}${significant}`
}
