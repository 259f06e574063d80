import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** A migration as it was when it was released. */
export interface Migration {
  readonly name: string
  readonly sha256: string
}

/** All migrations of a folder, in the order in which they are applied. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(names.map(async (name) => ({ name, sha256: createHash('sha256').update(await readFile(join(folder, name))).digest('hex') })))
}

/** What is wrong with the migrations, in sentences: those that were released are on databases out there, which get only what is added after them. */
export function faultsOf(released: readonly Migration[], present: readonly Migration[]): string[] {
  const faults: string[] = []
  for (const { name, sha256 } of released) {
    const now = present.find((migration) => migration.name === name)
    if (now === undefined) faults.push(`${name} was released and is not there any more: put it back.`)
    else if (now.sha256 !== sha256) faults.push(`${name} was released and has been changed since: databases that have it would never get the change. Undo it, and write a new migration.`)
  }
  const last = released.at(-1)?.name ?? ''
  const known = new Set(released.map(({ name }) => name))
  for (const { name } of present) {
    if (!known.has(name) && name < last) faults.push(`${name} comes before ${last}, which was released: databases that have that one would get the two the other way round. Give it a later time.`)
  }
  return faults
}
