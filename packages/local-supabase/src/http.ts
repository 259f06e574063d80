import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { LocalSupabaseError } from './errors.ts'

export type Handler = (request: Request) => Promise<Response>

export interface HttpServer {
  readonly server: Server
  readonly url: string
  /** Lets requests in flight end, for a while, then closes all connections. */
  close(): Promise<void>
}

const patience = 5_000

const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit',
}

/** `api` answers /rest/v1 and /auth/v1, `page` everything else. Listens on the loopback address only. */
export async function serveHttp(port: number, api: Handler, page: Handler): Promise<HttpServer> {
  const inFlight = new Set<ServerResponse>()
  const answered = new EventEmitter()
  const listener = getRequestListener(
    (request) => (/^\/(rest|auth)\/v1\//.test(new URL(request.url).pathname) ? withCrossOrigin(request, api) : page(request)),
    { overrideGlobalObjects: false },
  )
  const server = createServer((request, response) => {
    inFlight.add(response)
    response.once('close', () => {
      inFlight.delete(response)
      if (inFlight.size === 0) answered.emit('all')
    })
    void listener(request, response)
  })
  await listen(server, port)
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('a TCP server has an address')

  return {
    server,
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      const timer = setTimeout(() => answered.emit('all'), patience)
      if (inFlight.size > 0) await once(answered, 'all')
      clearTimeout(timer)
      server.closeAllConnections()
      await closed
    },
  }
}

/** @supabase/lite answers preflights of rpc with 404; and a hosted project lets any origin in. */
async function withCrossOrigin(request: Request, api: Handler): Promise<Response> {
  if (request.method === 'OPTIONS') {
    const headers = {
      ...crossOrigin,
      'access-control-allow-methods': 'GET,POST,PATCH,PUT,DELETE,OPTIONS,HEAD',
      'access-control-allow-headers': request.headers.get('access-control-request-headers') ?? '*',
      'access-control-max-age': '3600',
    }
    return new Response(null, { status: 204, headers })
  }
  const answer = await api(request)
  const headers = new Headers(answer.headers)
  for (const [name, value] of Object.entries(crossOrigin)) headers.set(name, value)
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE'
      const message = `Port ${port} is taken by another program. Stop it, or choose another port.`
      reject(isTaken ? new LocalSupabaseError('port_in_use', message, { cause }) : cause)
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}
