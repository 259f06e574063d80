import type { Answer, Op } from '../core/types.ts'
import { TransportError, type Transport } from '../engine/ports.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedServer } from './simulated-server.ts'
import type { Told } from './simulated-told.ts'

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

export function weatherOf(random: SeededRandom): Weather {
  const chance = () => random.pick([0, 0.05, 0.2, 0.4])!
  return { requestLost: chance(), answerLost: chance(), doubled: chance(), refused: chance(), slowest: random.pick([20, 300, 5_000])! }
}

export interface SimulatedTransportParts {
  readonly server: SimulatedServer
  readonly random: SeededRandom
  readonly weather: () => Weather
  readonly online: () => boolean
  readonly tokenIsValid: () => boolean
  /** Ends with the device: what it waited for never comes. */
  readonly wait: (milliseconds: number) => Promise<void>
  /** Goes on without the device. */
  readonly later: (callback: () => void, milliseconds: number) => void
  readonly told: Told
  readonly complain: (sentence: string) => void
}

/** A device's way to the server. */
export function simulatedTransport(parts: SimulatedTransportParts): Transport {
  const { server, told, complain } = parts
  return {
    push: async (batch, sender) => {
      told.sent(batch.ops)
      const result = await request(parts, copyOf({ batch, sender }), (sent) => server.push(sent.batch, sent.sender))
      told.push(result)
      for (const unit of halfDone(batch.ops, result.answers)) complain(`[A7] of the unit ${unit} some took effect: ${JSON.stringify([batch, result])}`)
      return result
    },
    pull: async (asked) => {
      const page = await request(parts, copyOf(asked), (sent) => server.pull(sent))
      told.pull(page, asked)
      return page
    },
  }
}

const isDone = ({ status }: Answer): boolean => status === 'applied' || status === 'merged' || status === 'duplicate'

/** Units of which some ops took effect and others were refused [A7]. */
function halfDone(ops: readonly Op[], answers: readonly Answer[]): readonly string[] {
  const done = new Map(answers.flatMap((answer) => (answer.status === 'retry' ? [] : [[answer.opId, isDone(answer)] as const])))
  const units = new Set(ops.flatMap(({ unit }) => unit ?? []))
  return [...units].filter((unit) => new Set(ops.flatMap((op) => (op.unit === unit ? (done.get(op.opId) ?? []) : []))).size > 1)
}

type CarryOut<Sent, Result> = (sent: Sent) => Result | Promise<Result>

async function request<Sent, Result>(parts: SimulatedTransportParts, sent: Sent, carryOut: CarryOut<Sent, Result>): Promise<Result> {
  const { random, wait, later } = parts
  const { requestLost, answerLost, doubled, refused, slowest } = parts.weather()
  await wait(random.below(slowest))
  if (!parts.online() || random.chance(requestLost)) return lost(wait, random.below(20_000))
  if (!parts.tokenIsValid()) throw new TransportError('The token has expired.', { kind: 'auth', code: 'PGRST303', status: 401 })
  if (random.chance(refused)) throw refusal(random)
  if (random.chance(doubled)) later(() => void again(carryOut, sent), random.below(20_000))
  const result = copyOf(await carryOut(copyOf(sent)))
  if (random.chance(answerLost)) return lost(wait, random.below(20_000))
  await wait(random.below(slowest))
  return parts.online() ? result : lost(wait, 0)
}

/** Nobody hears the answer to the second one. */
async function again<Sent>(carryOut: CarryOut<Sent, unknown>, sent: Sent): Promise<void> {
  try {
    await carryOut(copyOf(sent))
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
  }
}

async function lost(wait: (milliseconds: number) => Promise<void>, after: number): Promise<never> {
  await wait(after)
  throw new TransportError('No answer came.', { kind: 'network', code: 'timeout' })
}

function refusal(random: SeededRandom): TransportError {
  if (random.chance(0.5)) return new TransportError('The server is down.', { kind: 'server', code: '503', status: 503 })
  return new TransportError('Too many requests.', { kind: 'rate-limit', code: '429', status: 429, retryAfter: 1_000 * (1 + random.below(10)) })
}

/** What goes over a wire is a copy. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
