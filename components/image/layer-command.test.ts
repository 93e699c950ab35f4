import { expect, test } from 'vitest'
import { readLayerCommand } from './layer-command'

test.each([
  ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD', '["sh"]'],
  ['/bin/sh -c #(nop) ADD file:0a9c in / ', 'ADD', 'file:0a9c in /'],
  ['/bin/sh -c apk add --no-cache tini', 'RUN', 'apk add --no-cache tini'],
  ['RUN /bin/sh -c npm ci --omit=dev # buildkit', 'RUN', 'npm ci --omit=dev'],
  ['RUN |2 A=1 B=two words /bin/sh -c make # buildkit', 'RUN', 'A=1 B=two words make'],
  ['|1 A=1 /bin/sh -c make', 'RUN', 'A=1 make'],
  ['|0 /bin/sh -c make', 'RUN', 'make'],
  ['COPY --chown=app:app . . # buildkit', 'COPY', '--chown=app:app . .'],
  ['ENV PATH=/usr/bin', 'ENV', 'PATH=/usr/bin'],
  ['WORKDIR', 'WORKDIR', ''],
  ['cmd /S /C #(nop)  USER ContainerUser', 'USER', 'ContainerUser'],
  ['cmd /S /C dir', 'RUN', 'dir'],
  ['bazel build ...', null, 'bazel build ...'],
  ['RUNNER made this', null, 'RUNNER made this'],
  ['RUN set -e;\n  make # buildkit', 'RUN', 'set -e;\n  make'],
  ['', null, ''],
])('%j is read as %s %j', (createdBy, instruction, text) => {
  expect(readLayerCommand(createdBy)).toEqual({ instruction, text })
})

test('a long line of spaces is read at once', () => {
  const started = performance.now()
  readLayerCommand(`|9 ${' '.repeat(100_000)}x`)
  readLayerCommand(`RUN ${' '.repeat(100_000)}# buildkid`)
  expect(performance.now() - started).toBeLessThan(5_000)
})
