import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { serveStatic } from './static-files.ts'

let app: string
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'static-'))
  app = join(folder, 'dist')
  await mkdir(join(app, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(app, 'index.html'), '<h1>app</h1>')
  await writeFile(join(app, 'sw.js'), 'self')
  await writeFile(join(app, 'assets', 'a-1234.js'), 'a')
})
const get = (path: string) => serveStatic(app, new Request(`http://127.0.0.1${path}`))

test.each([
  ['/', 'text/html; charset=utf-8', 'no-cache'],
  ['/trips/42', 'text/html; charset=utf-8', 'no-cache'],
  ['/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
  ['/assets/a-1234.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
])('%s is served as %s, %s', async (path, type, caching) => {
  const answer = await get(path)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe(type)
  expect(answer.headers.get('cache-control')).toBe(caching)
})

test.each(['/assets/gone.js', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/%'])(
  '%s is refused',
  async (path) => {
    const answer = await get(path)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(await answer.text()).not.toContain('secret')
  },
)
