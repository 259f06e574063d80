import { HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { openServedDevice } from '../test/served-device.ts'

const expired = () => HttpResponse.json({ code: 'PGRST303', message: 'JWT expired' }, { status: 401 })

test('[ID1] a pull whose token had expired is made up for as soon as it is renewed, also where polls are rare', async () => {
  const { environment, pullReplies, line, shown, refreshes, engine } = await openServedDevice()
  line('joined')
  await environment.settle()
  pullReplies.push(expired, (page) => HttpResponse.json(page({ scopes: { lakes: '1' }, rows: { items: [{ id: 'tent', trip_id: 'lakes', name: 'Tent', sync_version: 1 }] } })))
  engine.syncNow()
  await environment.advance(10_000)
  expect(refreshes()).toBe(1)
  expect(shown('items', 'tent')).toMatchObject({ name: 'Tent' })
})
