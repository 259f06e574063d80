import { once } from 'node:events'
import { createServer } from 'node:http'
import { buildPage } from './page-files.ts'

export interface PageServer {
  readonly url: string
  readonly close: () => Promise<void>
}

/** A page that is isolated from others gets a clock of 5 µs instead of 100. */
const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
const document = '<!doctype html><title>Bench</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'

/** The bench's page, on an origin that browsers take for a secure one. */
export async function servePage(): Promise<PageServer> {
  const files = await buildPage()
  const server = createServer((request, response) => {
    const script = files.get(request.url ?? '')
    const isPage = request.url === '/'
    response.writeHead(isPage || script !== undefined ? 200 : 404, { ...headers, 'content-type': script === undefined ? 'text/html' : 'text/javascript' })
    response.end(script ?? (isPage ? document : ''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('a TCP server has an address')
  return {
    url: `http://localhost:${address.port}/`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
