/** What one should know although it succeeded, each in a line. */
export function Warnings({ texts }: { texts: readonly string[] }) {
  return (
    <>
      {texts.map((text) => (
        <span key={text} className="block">
          {text}
        </span>
      ))}
    </>
  )
}
