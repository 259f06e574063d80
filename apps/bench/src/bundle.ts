import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'vite'
import type { Comparison } from './report.ts'

/** kB, gzip: the smallest peer that keeps changes offline and sends them again, the client of Logux. */
const smallestPeer = 12

export interface Bundle {
  /** Bytes. */
  readonly minified: number
  readonly gzip: number
  /** Bytes before minification by path, largest first. */
  readonly modules: readonly (readonly [path: string, bytes: number])[]
}

/** G1: the package as a consumer's bundler makes it; what the consumer has anyway, the peer dependencies, is left out. */
export async function bundle(): Promise<Bundle> {
  const result = await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    mode: 'production',
    plugins: [consumer],
    build: {
      write: false,
      modulePreload: false,
      target: 'es2023',
      rolldownOptions: { input: entry, preserveEntrySignatures: 'strict', external: [/^@reduxjs\//, /^@supabase\/supabase-js/, /^react/] },
    },
  })
  const chunks = [result].flat().flatMap((built) => ('output' in built ? built.output : []))
  const [chunk, ...others] = chunks
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error(`The package became ${chunks.length} files: the figure is of something else.`)
  const modules = Object.entries(chunk.modules).map(([path, { renderedLength }]) => [path.split(sep).slice(-3).join('/'), renderedLength] as const)
  return { minified: chunk.code.length, gzip: gzipSync(chunk.code, { level: 9 }).length, modules: modules.sort(([, a], [, b]) => b - a) }
}

const entry = 'virtual:consumer'
const consumer: Plugin = {
  name: 'consumer',
  resolveId: (id) => (id === entry ? fileURLToPath(new URL('../consumer.js', import.meta.url)) : null),
  load: (id) => (id.endsWith('consumer.js') ? `export { createSync } from '@stowaway/sync'` : null),
}

export async function measureBundle(): Promise<Comparison[]> {
  const ours = (await bundle()).gzip / 1_000
  const ratio = ours / smallestPeer
  return [{ figure: 'G1', what: 'createSync, gzip, peers external', against: 'smallest peer, Logux', unit: 'kB', ours, reference: smallestPeer, ratio, spread: [ratio, ratio], goal: 1 }]
}
