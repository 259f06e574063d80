import { RealtimeClient } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame } from './realtime-frames.ts'

test('a frame survives the way there and back', () => {
  const frame: Parameters<typeof encodeFrame>[0] = ['1', '2', 'realtime:sync:ann', 'phx_join', { config: { private: true } }]
  expect(decodeFrame(Buffer.from(encodeFrame(frame)), false)).toEqual(frame)
})

test('a broadcast is read as realtime-js writes it, names beyond ASCII included', () => {
  const client = new RealtimeClient('ws://127.0.0.1:1/realtime/v1', { params: { apikey: 'key' } })
  const encoded: Buffer[] = []
  client.serializer.encode(
    { join_ref: '1', ref: '2', topic: 'realtime:plätze', event: 'broadcast', payload: { event: 'grüß', payload: { n: 1 } } },
    (data) => encoded.push(typeof data === 'string' ? Buffer.alloc(0) : Buffer.from(data)),
  )
  expect(encoded.map((bytes) => decodeFrame(bytes, true))).toEqual([
    ['1', '2', 'realtime:plätze', 'broadcast', { type: 'broadcast', event: 'grüß', payload: { n: 1 } }],
  ])
})

test.each([
  ['not JSON', '{', false],
  ['an object of protocol 1.0.0', '{"topic":"a","event":"b","payload":{},"ref":"1"}', false],
  ['a list that is too short', '["1","2","a","b"]', false],
  ['a topic that is no text', '["1","2",3,"b",{}]', false],
  ['a binary message of another kind', '\u0004abcdefgh', true],
  ['a binary message that ends in its header', '\u0003\u0001', true],
])('%s is no frame', (_what, text, isBinary) => {
  expect(decodeFrame(Buffer.from(text), isBinary)).toBeUndefined()
})
