import { spawnSync } from 'node:child_process'

/**
 * Makes all file systems read-only for a command, which runs as a user without any rights: what remains is what containers
 * leave even with a read-only root, `/dev`, and `/dev/shm` unless that is closed too.
 */
const script = `
  set -e
  isShmOpen=$1
  shift
  for mount in $(cut -d ' ' -f 5 /proc/self/mountinfo); do
    case $mount in
      /dev/shm) [ "$isShmOpen" = true ] || mount -o remount,bind,ro "$mount" ;;
      /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) ;;
      *) mount -o remount,bind,ro "$mount" ;;
    esac
  done
  exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$@"`

/** What a server is started through so that it can write nowhere; with `sharedMemory`, only to `/dev/shm`. */
export function withoutWritableFolder({ sharedMemory }: { sharedMemory: boolean }): [string, ...string[]] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', String(sharedMemory)]
}

/** Why that is not possible here, or null. */
export function whyNoReadOnlySystem(): string | null {
  if (process.getuid?.() !== 0) return 'only root may make file systems read-only for a process'
  const [program, ...args] = withoutWritableFolder({ sharedMemory: false })
  const { status, stderr } = spawnSync(program, [...args, 'true'], { encoding: 'utf8' })
  return status === 0 ? null : `file systems cannot be made read-only for a process here: ${stderr.trim()}`
}
