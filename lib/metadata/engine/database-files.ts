/** The files that SQLite may keep for the database in `file`. */
export function databaseFiles(file: string): string[] {
  return ['', '-wal', '-shm', '-journal'].map((suffix) => `${file}${suffix}`)
}
