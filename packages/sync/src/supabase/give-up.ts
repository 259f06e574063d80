import { TransportError } from '../engine/ports.ts'

/** Milliseconds after which a request counts as lost. Supabase ends a statement of a signed-in user after 8 s. */
const timeout = 20_000

/** A signal for one request. */
export const afterTimeout = (): AbortSignal => AbortSignal.timeout(timeout)

/**
 * What the client does, or a failure of the network when that takes too long: supabase-js sets no time for a renewal of the
 * session, and a network that swallows it, as some do instead of refusing, would hold up the loop for ever.
 */
export function orGiveUp<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new TransportError('The session was waited for too long.', { kind: 'network', code: 'refresh', cause: signal.reason }))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    const end = () => signal.removeEventListener('abort', giveUp)
    work.then(resolve, reject).finally(end)
  })
}
