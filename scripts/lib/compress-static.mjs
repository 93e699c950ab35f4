// Compresses what browsers load and may keep for ever, once, so that no request waits for it. It uses only modules of
// Node.js: the build runs it.
import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** What is text. Other files, such as fonts, are compressed already. */
const text = /\.(?:js|css|json|svg|txt|map)$/

/** How many files are compressed at a time: as many as Node.js has threads for it. */
const atOnce = 4

const encodings = [
  {
    extension: 'br',
    compress: (bytes) =>
      promisify(brotliCompress)(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
  },
  { extension: 'gz', compress: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }) },
]

/**
 * Writes each text of a folder compressed beside it, as `<name>.br` and `<name>.gz`, where that makes it smaller. The
 * server looks for files of these names (`lib/server/static-files.ts`).
 */
export async function compressStatic(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => text.test(name))
  const work = files.flatMap((name) => encodings.map((encoding) => ({ file: join(folder, name), ...encoding })))
  const worker = async () => {
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      const bytes = await readFile(next.file)
      const compressed = await next.compress(bytes)
      if (compressed.length < bytes.length) await writeFile(`${next.file}.${next.extension}`, compressed)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
