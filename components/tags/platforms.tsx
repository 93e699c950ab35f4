const shownMax = 2

/** The first platforms, the operating system said once; what is no image shows its type. */
export function Platforms({ of }: { of: { platforms: readonly string[]; artifactType: string | null } }) {
  const [first, ...others] = of.platforms
  if (first === undefined) return <span className="muted">{of.artifactType ?? '—'}</span>
  const system = `${first.split('/')[0]}/`
  const shown = [
    first,
    ...others.map((platform) => (platform.startsWith(system) ? platform.slice(system.length) : platform)),
  ]
  return (
    <span className="platforms" title={of.platforms.join(', ')}>
      {shown.slice(0, shownMax).map((platform) => (
        <code key={platform} className="badge">
          {platform}
        </code>
      ))}
      {shown.length > shownMax && <code className="badge">+{shown.length - shownMax}</code>}
    </span>
  )
}
