import type { RawData } from 'ws'

/** A message of Supabase Realtime's protocol 2.0.0, in the order in which it travels. */
export type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: Payload]
export type Payload = Record<string, unknown>

const clientBroadcast = 3
const headerLength = 7
const decoder = new TextDecoder()

export function encodeFrame(frame: Frame): string {
  return JSON.stringify(frame)
}

/** Undefined: not a message of this protocol. */
export function decodeFrame(data: RawData, isBinary: boolean): Frame | undefined {
  const bytes = bytesOf(data)
  try {
    return isBinary ? decodeClientBroadcast(bytes) : checked(JSON.parse(bytes.toString('utf8')))
  } catch {
    return undefined
  }
}

function checked(value: unknown): Frame | undefined {
  if (!isArray(value) || value.length !== 5) return undefined
  const [joinRef, ref, topic, event, payload] = value
  if (!isRef(joinRef) || !isRef(ref) || typeof topic !== 'string' || typeof event !== 'string') return undefined
  return [joinRef, ref, topic, event, objectOf(payload)]
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? Buffer.from(data) : data
}

/** Broadcasts of clients come in binary: one byte each for kind, five lengths and encoding, then the parts. */
function decodeClientBroadcast(bytes: Buffer): Frame | undefined {
  const [kind, ...lengths] = bytes.subarray(0, headerLength - 1)
  const encoding = bytes[headerLength - 1]
  if (kind !== clientBroadcast || lengths.length !== headerLength - 2) return undefined
  let offset = headerLength
  const [joinRef = '', ref = '', topic = '', event = ''] = lengths.map((length) => {
    const part = decoder.decode(bytes.subarray(offset, offset + length))
    offset += length
    return part
  })
  const body = bytes.subarray(offset)
  const payload: unknown = encoding === 1 ? JSON.parse(decoder.decode(body)) : [...body]
  return [joinRef || null, ref || null, topic, 'broadcast', { type: 'broadcast', event, payload }]
}

function isRef(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}

function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null
}

/** What is missing or of the wrong kind counts as empty, as it does on a hosted project. */
export function objectOf(value: unknown): Payload {
  return isObject(value) ? value : {}
}
