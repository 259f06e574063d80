import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { packageReadme } from './package-readme.ts'
import { root, run } from './run.ts'

// Run by `pnpm pack` and `pnpm publish` of packages/sync, before: what the package holds beside its sources is put there.
const folder = join(root, 'packages', 'sync')
const [docs, migrations] = [join(folder, 'docs'), join(folder, 'migrations')]
const isGeneral = (name: string): boolean => name.includes('_sync_')

// A package that was built before its sources changed, or never, must not be packed.
if (!(await run({ words: ['tsc', '-b', 'packages/sync'] }))) process.exit(1)
await removeLeftOver(join(folder, 'dist'))
await Promise.all([docs, migrations].map((place) => rm(place, { recursive: true, force: true })))
await mkdir(migrations)
const from = join(root, 'supabase', 'migrations')
for (const name of (await readdir(from)).filter(isGeneral)) await copyFile(join(from, name), join(migrations, name))
await cp(join(root, 'docs'), docs, { recursive: true, filter: (path) => !path.endsWith('pictures') })
await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'))
await writeFile(join(folder, 'README.md'), packageReadme(await readFile(join(root, 'README.md'), 'utf8')))

/** What an earlier build made of a file that is gone by now. */
async function removeLeftOver(dist: string): Promise<void> {
  const names = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.d.ts.map'))
  for (const map of names.map((name) => join(dist, name))) {
    const { sources } = JSON.parse(await readFile(map, 'utf8')) as { readonly sources: readonly string[] }
    if (sources.every((source) => existsSync(resolve(dirname(map), source)))) continue
    const name = map.slice(0, -'.d.ts.map'.length)
    await Promise.all(['.d.ts.map', '.d.ts', '.js.map', '.js'].map((end) => rm(`${name}${end}`, { force: true })))
  }
}
