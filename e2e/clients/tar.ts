const blockBytes = 512

/** A tar archive of one file, the smallest root file system that `import` commands take. */
export function tarOf(name: string, content: string): Buffer {
  const body = Buffer.from(content)
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const checksum = header.reduce((sum, byte) => sum + byte, 0)
  // The type flag after the checksum field counts already.
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((blockBytes - (body.length % blockBytes)) % blockBytes)
  return Buffer.concat([header, body, padding, Buffer.alloc(2 * blockBytes)])
}
