/** The settings that differ from those a person began with: what a change sends, and nothing else. */
export function changesOf<T extends object>(base: T, yours: T): Partial<T> {
  const changed: Partial<T> = {}
  for (const name of namesOf(base)) {
    if (yours[name] !== base[name]) changed[name] = yours[name]
  }
  return changed
}

/** A setting that another user changed. `yours` is undefined when you did not change it. */
export interface SettingConflict<T, Name extends keyof T = keyof T> {
  name: Name
  theirs: T[Name]
  yours: T[Name] | undefined
}

/**
 * What both sides made of the settings they began with: those that they or you changed, without those on which both
 * agree.
 */
export function conflictsOf<T extends object>(base: T, theirs: T, yours: T): SettingConflict<T>[] {
  return namesOf(base)
    .filter((name) => theirs[name] !== base[name] || yours[name] !== base[name])
    .filter((name) => theirs[name] !== yours[name])
    .map((name) => ({
      name,
      theirs: theirs[name],
      yours: yours[name] === base[name] ? undefined : yours[name],
    }))
}

function namesOf<T extends object>(settings: T): (keyof T)[] {
  return Object.keys(settings) as (keyof T)[]
}
