import { TransportError, type Transport } from '../engine/ports.ts'
import type { MemoryServer } from './memory-server.ts'
import type { SeededRandom } from './seeded-random.ts'

/** How likely a request meets with what; `slowest`: the most milliseconds that one way takes. */
export interface Weather {
  readonly requestLost: number
  readonly answerLost: number
  /** The request is carried out a second time, later: after the answer, or after requests that were sent later. */
  readonly doubled: number
  readonly refused: number
  readonly slowest: number
}

export const fairWeather: Weather = { requestLost: 0, answerLost: 0, doubled: 0, refused: 0, slowest: 50 }

export interface SimulatedTransportParts {
  readonly server: MemoryServer
  readonly random: SeededRandom
  readonly weather: () => Weather
  readonly online: () => boolean
  readonly tokenIsValid: () => boolean
  /** Ends with the device: what it waited for never comes. */
  readonly wait: (milliseconds: number) => Promise<void>
  /** Goes on without the device. */
  readonly later: (callback: () => void, milliseconds: number) => void
}

/** A device's way to the server. */
export function simulatedTransport(parts: SimulatedTransportParts): Transport {
  const { server } = parts
  return {
    push: (batch, sender) => request(parts, copyOf({ batch, sender }), (sent) => server.push(sent.batch, sent.sender)),
    pull: (asked) => request(parts, copyOf(asked), (sent) => server.pull(sent)),
  }
}

async function request<Sent, Result>(parts: SimulatedTransportParts, sent: Sent, carryOut: (sent: Sent) => Result): Promise<Result> {
  const { random, wait, later } = parts
  const { requestLost, answerLost, doubled, refused, slowest } = parts.weather()
  await wait(random.below(slowest))
  if (!parts.online() || random.chance(requestLost)) return lost(wait, random.below(20_000))
  if (!parts.tokenIsValid()) throw new TransportError('The token has expired.', { kind: 'auth', code: 'PGRST303' })
  if (random.chance(refused)) throw refusal(random)
  if (random.chance(doubled)) later(() => carryOut(copyOf(sent)), random.below(20_000))
  const result = copyOf(carryOut(sent))
  if (random.chance(answerLost)) return lost(wait, random.below(20_000))
  await wait(random.below(slowest))
  return parts.online() ? result : lost(wait, 0)
}

async function lost(wait: (milliseconds: number) => Promise<void>, after: number): Promise<never> {
  await wait(after)
  throw new TransportError('No answer came.', { kind: 'network', code: 'timeout' })
}

function refusal(random: SeededRandom): TransportError {
  if (random.chance(0.5)) return new TransportError('The server is down.', { kind: 'server', code: '503' })
  return new TransportError('Too many requests.', { kind: 'rate-limit', code: '429', retryAfter: 1_000 * (1 + random.below(10)) })
}

/** What goes over a wire is a copy. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
