import { TransportError, type Transport } from './ports.ts'

/** What developers may do to the next request, to see what becomes of it. */
export type Disturbance =
  /** It is carried out, and its answer never arrives. */
  | 'drop-answer'
  /** It is refused as one with an expired token is; the session is renewed after that. */
  | 'expire-token'

/** A transport of which single requests can be disturbed; undisturbed it is the one that was given. */
export class DisturbableTransport implements Transport {
  readonly #transport: Transport
  #next: Disturbance | null = null

  constructor(transport: Transport) {
    this.#transport = transport
  }

  disturb(disturbance: Disturbance): void {
    this.#next = disturbance
  }

  readonly push: Transport['push'] = (batch, sender) => this.#request(() => this.#transport.push(batch, sender))
  readonly pull: Transport['pull'] = (request) => this.#request(() => this.#transport.pull(request))

  async #request<Result>(send: () => Promise<Result>): Promise<Result> {
    const disturbance = this.#next
    this.#next = null
    if (disturbance === 'expire-token') throw new TransportError('The token has expired, as was asked for.', { kind: 'auth', code: 'PGRST303', status: 401 })
    const result = await send()
    if (disturbance === 'drop-answer') throw new TransportError('The answer was dropped, as was asked for.', { kind: 'network', code: 'dropped' })
    return result
  }
}
