import { text } from 'node:stream/consumers'
import { runCommand } from '@/lib/command/run-command'

process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  out: (line) => process.stdout.write(line),
  err: (line) => process.stderr.write(line),
  readInput: () => text(process.stdin),
})
