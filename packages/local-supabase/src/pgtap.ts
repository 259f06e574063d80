import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const blockSize = 512
const installScript = /\/pgtap--\d+\.\d+\.\d+\.sql$/

/**
 * The SQL of pgTAP, to be run where the extension cannot be created: embedded Postgres comes without it, and the npm
 * package is made for PGlite. It is plain SQL and PL/pgSQL, so that running it does what `create extension` does.
 */
export async function pgtapSql(): Promise<string> {
  const packageFolder = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite-pgtap'))
  const archive = gunzipSync(await readFile(join(packageFolder, 'pgtap.tar.gz')))
  for (let offset = 0; offset + blockSize <= archive.length; ) {
    const header = archive.subarray(offset, offset + blockSize)
    const name = textOf(header.subarray(0, 100))
    const size = Number.parseInt(textOf(header.subarray(124, 136)), 8)
    const start = offset + blockSize
    if (installScript.test(name)) return archive.toString('utf8', start, start + size)
    offset = start + Math.ceil((size || 0) / blockSize) * blockSize
  }
  throw new Error('the package @electric-sql/pglite-pgtap holds no install script of pgTAP')
}

function textOf(field: Buffer): string {
  return field.toString('latin1').replace(/\0.*$/s, '')
}
