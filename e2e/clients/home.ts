import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes an empty folder for a client's images and log-ons. */
export async function createHome(client: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `stele-${client}-`))
  // Some versions insist on the file being there.
  await writeFile(authFileOf(folder), '{}')
  return folder
}

/** Where podman, skopeo and buildah keep who is logged on where. */
export function authFileOf(home: string): string {
  return join(home, 'auth.json')
}
