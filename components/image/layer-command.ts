/** The command that made a layer, as a person would have written it in a Dockerfile. */
export interface LayerCommand {
  /** `RUN`, `COPY`, …; null where the builder does not say. */
  instruction: string | null
  text: string
}

const instructions =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)(?:\s+|$)/

/** What BuildKit writes after each command. */
const builder = ' # buildkit'

/** How builders say that a step ran nothing. */
const noOperation = /^(?:\/bin\/sh -c|cmd \/S \/C)\s+#\(nop\)\s*/

const shell = /^(?:\/bin\/sh -c|cmd \/S \/C)\s+/

/** The build arguments of a step, counted: `|2 A=1 B=2 /bin/sh -c make`. */
const countedArguments = /^\|\d+ (?:(.*?) )?\/bin\/sh -c /s

/** Reads what builders write into the history of a config, without the words that are the same in each. */
export function readLayerCommand(createdBy: string): LayerCommand {
  const trimmed = createdBy.trim()
  // No pattern: one that begins with spaces is slow on a text of many.
  const written = trimmed.endsWith(builder) ? trimmed.slice(0, -builder.length).trimEnd() : trimmed
  const declared = written.replace(noOperation, '')
  const isShell = declared === written && (shell.test(written) || countedArguments.test(written))
  const [, instruction] = instructions.exec(declared) ?? []
  if (instruction === undefined) {
    return { instruction: isShell ? 'RUN' : null, text: isShell ? withoutShell(declared) : declared }
  }
  const text = declared.slice(instruction.length).trim()
  return { instruction, text: instruction === 'RUN' ? withoutShell(text) : text }
}

/** The build arguments stay: they are part of what made the layer. */
function withoutShell(text: string): string {
  const counted = text.replace(countedArguments, (_, values: string | undefined) => (values ? `${values} ` : ''))
  return counted.replace(shell, '').trim()
}
