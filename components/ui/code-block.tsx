import { Fragment } from 'react'
import { CopyButton } from './copy-button'

/** A command line. Strings are as they are; `variable` parts are the reader's to change. */
export type CommandLine = readonly (string | { variable: string })[]

/** Command lines to copy, without their prompts. `label` names the copy button. */
export function CodeBlock({ lines, label }: { lines: readonly CommandLine[]; label: string }) {
  const text = lines
    .map((line) => line.map((part) => (typeof part === 'string' ? part : part.variable)).join(''))
    .join('\n')
  return (
    <div className="code">
      {/* Focusable, so that the keyboard can scroll a long line. */}
      <pre tabIndex={0}>
        <code>
          {lines.map((line, index) => (
            <Fragment key={index}>
              {index > 0 && '\n'}
              <span className="prompt">$ </span>
              {line.map((part, at) =>
                typeof part === 'string' ? (
                  <Fragment key={at}>{part}</Fragment>
                ) : (
                  <span key={at} className="var">
                    {part.variable}
                  </span>
                ),
              )}
            </Fragment>
          ))}
        </code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  )
}
