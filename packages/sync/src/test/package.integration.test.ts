import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'vite'
import { beforeAll, afterAll, expect, test } from 'vitest'

const run = promisify(execFile)
const source = fileURLToPath(new URL('../..', import.meta.url))
const root = join(source, '..', '..')

let folder: string
let packed: readonly string[]

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly [field: string]: unknown
}

/** An app that has installed the package from its tarball, and beside it what the README names. */
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'consumer-')))
  await run(process.execPath, [join(root, 'scripts', 'prepack.ts')])
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: source })
  const [tarball] = JSON.parse(stdout) as [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }]
  packed = tarball.files.map(({ path }) => path)
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@stowaway', 'sync'), { recursive: true })
  await run('tar', ['xzf', join(folder, tarball.filename.replace('@', '').replace('/', '-')), '--strip-components=1', '-C', join(modules, '@stowaway', 'sync')])
  for (const name of ['@reduxjs/toolkit', '@supabase/supabase-js', '@standard-schema/spec', '@types/react', 'idb-keyval', 'node-diff3', 'react', 'react-redux']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(await realpath(join(source, 'node_modules', name)), join(modules, name))
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

const contentOf = (path: string): Promise<string> => readFile(join(folder, 'node_modules', '@stowaway', 'sync', path), 'utf8')
const manifest = async () => JSON.parse(await contentOf('package.json')) as Manifest

test('the tarball holds what is exported, its sources, the migrations and the pages, and nothing of how it is made', async () => {
  const { exports, scripts: _scripts, ...described } = await manifest()
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
  const wanted = [...entries.map((entry) => entry.replace('./', '')), 'README.md', 'LICENSE', 'CHANGELOG.md', 'SPEC.md', 'docs/storage.md', 'migrations/20261121000100_sync_tables.sql']
  expect(wanted.filter((path) => !packed.includes(path))).toEqual([])
  expect(packed.filter((path) => /\.test\.|^(src|dist)\/test\/|tsconfig|tsbuildinfo|packing_list|invites|\.png$/.test(path))).toEqual([])
  expect(described).toMatchObject({ license: 'MIT', sideEffects: false, description: expect.any(String) as string, engines: expect.any(Object) as object, keywords: expect.arrayContaining(['supabase']) as string[] })
})

test('each map names sources that are in the tarball', async () => {
  const maps = packed.filter((path) => path.endsWith('.map'))
  expect(maps.length).toBeGreaterThan(100)
  for (const path of maps) {
    const { sources } = JSON.parse(await contentOf(path)) as { readonly sources: readonly string[] }
    expect({ path, missing: sources.map((from) => posix.join(posix.dirname(path), from)).filter((from) => !packed.includes(from)) }).toEqual({ path, missing: [] })
  }
})

test('the README of the package is without the demo, and its links lead to files of the package', async () => {
  const readme = await contentOf('README.md')
  expect(readme).toContain('## Five minutes to a synced app')
  expect(readme).not.toMatch(/npm start|docs\/pictures|pnpm/)
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link)
  expect(links).toContain('docs/storage.md')
  expect(packed).toEqual(expect.arrayContaining(links))
})

test.each([
  ['bundler', 'esnext'],
  ['nodenext', 'nodenext'],
])('the README’s app compiles with strict settings and moduleResolution %s', async (moduleResolution, module) => {
  const readme = await contentOf('README.md')
  const app = join(folder, moduleResolution)
  await mkdir(app)
  for (const language of ['ts', 'tsx']) await writeFile(join(app, `app.${language}`), new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)![1]!)
  await writeFile(join(app, 'env.d.ts'), 'interface ImportMeta { readonly env: Record<string, any> }')
  await writeFile(join(app, 'all.ts'), Object.keys((await manifest()).exports).filter((entry) => !/testing|json/.test(entry)).map((entry) => `export * as ${entry.replaceAll(/\W/g, '') || 'main'} from '@stowaway/sync${entry.slice(1)}'`).join('\n'))
  const compilerOptions = {
    module, moduleResolution, target: 'es2023', lib: ['es2023', 'dom'], types: ['react'], jsx: 'react-jsx', noEmit: true, strict: true,
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, noPropertyAccessFromIndexSignature: false, skipLibCheck: true,
  }
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }))
  const { stdout } = await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', app, '--pretty', 'false'], { cwd: folder }).catch((error: unknown) => error as { stdout: string })
  expect(stdout).toBe('')
})

test('it is imported in Node, where there is no IndexedDB and no page, without doing anything', async () => {
  const program = `
    const { createSync, logEvents } = await import('@stowaway/sync')
    await import('@stowaway/sync/react'); for (const entry of ['service-worker', 'sqlite', 'inspector', 'testing']) await import('@stowaway/sync/' + entry)
    console.log(typeof createSync, typeof logEvents)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: folder })
  expect(stdout).toBe('function function\n')
})

async function bundled(code: string): Promise<string> {
  const entry = join(folder, 'entry.js')
  await writeFile(entry, code)
  const result = await build({ root: folder, configFile: false, logLevel: 'silent', build: { write: false, minify: true, lib: { entry, formats: ['es'] }, rolldownOptions: { external: [/^@reduxjs/, /^@supabase/, /^react/] } } })
  return (result as unknown as { readonly output: readonly { readonly code: string }[] }[])[0]!.output[0]!.code
}

test('a bundler drops what an app does not use', async () => {
  const policies = await bundled(`import { lastWriteWins } from '@stowaway/sync'; console.log(lastWriteWins)`)
  expect(policies.length).toBeLessThan(5_000)
  const withText = await bundled(`import { text } from '@stowaway/sync'; console.log(text)`)
  const whole = await bundled(`import { createSync } from '@stowaway/sync'; console.log(createSync)`)
  expect(withText).toContain('diff3')
  expect(whole).not.toContain('diff3')
})
