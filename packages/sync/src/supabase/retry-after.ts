import { retryAfterOf } from '../core/failure.ts'

/** Milliseconds to wait, from the header of the answer, once there is one; `undefined`: the server said nothing, or it cannot be read. */
export type Asked = () => number | undefined

/**
 * Listens to the one request that an rpc builder will send, for how long its answer asks to wait [C6].
 *
 * The answer of `rpc()` shows no headers, and supabase-js has no hook to see them for one call; a `fetch` of the client's
 * settings would be a client that the app did not ask for. But a builder keeps the fetch that it is going to use in a member
 * named `fetch`, protected in TypeScript alone, and it is this call's own. Where a version keeps it elsewhere nothing is heard, and
 * the loop waits as after any failure. So it does in browsers where the server does not name `Retry-After` in
 * `Access-Control-Expose-Headers`: the header is then there and cannot be read.
 */
export function listenForRetryAfter(builder: object): Asked {
  const send: unknown = Reflect.get(builder, 'fetch')
  if (!isFetch(send)) return () => undefined
  let asked: number | undefined
  const listening: typeof fetch = async (...request) => {
    const response = await send(...request)
    asked = retryAfterOf(response.headers.get('retry-after'), serverTime(response) ?? Date.now())
    return response
  }
  Reflect.set(builder, 'fetch', listening)
  return () => asked
}

const isFetch = (value: unknown): value is typeof fetch => typeof value === 'function'

/** A date to wait for is meant by the server's clock; the device's may be years off. */
function serverTime({ headers }: Response): number | undefined {
  const time = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(time) ? undefined : time
}
