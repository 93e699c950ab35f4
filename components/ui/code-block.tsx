import { Fragment } from 'react'
import { CopyButton } from './copy-button'

/** A command line. Strings are as they are; `variable` parts are the reader's to change. */
export type CommandLine = readonly (string | { variable: string })[]

interface CodeBlockProps {
  lines: readonly CommandLine[]
  /** The name of the copy button. */
  label: string
  /** Whether it is no command: it has no prompt. */
  isText?: boolean
}

/**
 * Command lines to copy, without their prompts. Long lines wrap between words, and within a word that is longer than the line;
 * what is copied has no such break.
 */
export function CodeBlock({ lines, label, isText = false }: CodeBlockProps) {
  const text = lines
    .map((line) => line.map((part) => (typeof part === 'string' ? part : part.variable)).join(''))
    .join('\n')
  return (
    <div className="code">
      <pre>
        <code>
          {lines.map((line, index) => (
            <Fragment key={index}>
              {index > 0 && '\n'}
              {!isText && <span className="prompt">$ </span>}
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
