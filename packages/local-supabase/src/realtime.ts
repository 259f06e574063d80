import type { Server } from 'node:http'
import { WebSocketServer } from 'ws'
import type { Database } from './database.ts'
import { localKeys } from './keys.ts'
import { decodeFrame, objectOf } from './realtime-frames.ts'
import { PresenceList } from './realtime-presence.ts'
import { RealtimeSocket } from './realtime-socket.ts'
import type { Broadcast } from './realtime-socket.ts'

const keys = new Set<string | null>([localKeys.anon, localKeys.service])

/**
 * A stand-in for Supabase Realtime on the server's `/realtime/v1/websocket`: broadcasts, of clients and of the
 * database, and presence, on public topics and on private ones under the policies of `realtime.messages`, which are asked at each
 * join and for each new token. No `postgres_changes`. Resolves with the function that ends it.
 */
export async function serveRealtime(server: Server, database: Database): Promise<() => void> {
  const sockets = new Set<RealtimeSocket>()
  const websockets = new WebSocketServer({ noServer: true })
  const publish = (broadcast: Broadcast, except?: RealtimeSocket) => {
    for (const socket of sockets) if (socket !== except) socket.deliver(broadcast)
  }

  const presence = new PresenceList((diff) => {
    for (const socket of sockets) socket.deliverPresence(diff)
  })

  websockets.on('connection', (websocket) => {
    const socket = new RealtimeSocket({ socket: websocket, database, presence, publish })
    sockets.add(socket)
    let earlier = Promise.resolve()
    websocket.on('message', (data, isBinary) => {
      const frame = decodeFrame(data, isBinary)
      if (frame === undefined) return websocket.close(1002, 'not a message of protocol 2.0.0')
      earlier = earlier.then(() => socket.receive(frame)).catch(() => websocket.close(1011, 'internal error'))
    })
    websocket.on('error', () => websocket.terminate())
    websocket.on('close', () => {
      sockets.delete(socket)
      socket.close()
    })
  })

  server.on('upgrade', (request, stream, head) => {
    // Nobody else listens to a stream that is being refused, and an error that nobody hears ends the process.
    stream.on('error', () => stream.destroy())
    const url = URL.parse(request.url ?? '/', 'http://localhost')
    if (url?.pathname !== '/realtime/v1/websocket') stream.end('HTTP/1.1 404 Not Found\r\n\r\n')
    else if (!keys.has(url.searchParams.get('apikey'))) stream.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    else websockets.handleUpgrade(request, stream, head, (websocket) => websockets.emit('connection', websocket, request))
  })

  await database.listen('realtime_messages', (notice) => publish(broadcastOf(JSON.parse(notice))))

  return () => {
    for (const websocket of websockets.clients) websocket.terminate()
    websockets.close()
  }
}

/** Of a notice of `realtime.announce`. */
function broadcastOf(notice: unknown): Broadcast {
  const { topic, event, payload, private: isPrivate } = objectOf(notice)
  return { topic: String(topic), event: String(event), payload, private: isPrivate === true }
}
