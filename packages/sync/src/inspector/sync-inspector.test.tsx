// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { openStubbedApp, refusing } from '../test/stubbed-app.ts'
import SyncInspector from './sync-inspector.tsx'

afterEach(cleanup)

const shown = (name: string) => screen.getByLabelText(name).textContent

async function inspected() {
  const app = await openStubbedApp()
  render(<SyncInspector sync={app.sync} />)
  return app
}

const doing = (work: () => unknown) => act(async () => void (await work()))
/** It looks a few times a second only. */
const shows = (name: string, words: string) => waitFor(() => expect(shown(name)).toContain(words))

test('[F4] it shows what waits, what was refused and what happened', async () => {
  const app = await inspected()
  app.stub.answer = refusing('tent')
  await doing(async () => {
    app.add('tent')
    app.add('cup')
    await app.synced()
  })
  await shows('State', 'pending0')
  await shows('Queue', 'Refused: 23514 for items/tent')
  expect(shown('Events')).toContain('pushed')
})

test('[F4] go offline: changes wait, are shown, and go out by the same button', async () => {
  const app = await inspected()
  fireEvent.click(screen.getByText('Go offline'))
  await doing(async () => {
    app.add('tent')
    await app.synced()
  })
  await shows('Queue', 'items: 1 waiting')
  expect(app.sent()).toEqual([])
  fireEvent.click(screen.getByText('Go online'))
  await doing(app.synced)
  await shows('Queue', 'items: 0 waiting')
})

test('[F4] only troubles, when one looks for them', async () => {
  const app = await inspected()
  fireEvent.click(screen.getByText('Drop next answer'))
  await doing(async () => {
    app.add('tent')
    await app.synced()
  })
  fireEvent.change(screen.getByLabelText(/Show/), { target: { value: 'troubles' } })
  await shows('Events', 'failed')
  expect(shown('Events')).not.toContain('pushed')
})

test('[F3] it shows no value that a user has written', async () => {
  const app = await inspected()
  await doing(async () => {
    app.add('tent', { name: 'A secret' })
    await app.synced()
  })
  await shows('Queue', 'items: 0 waiting')
  expect(document.body.textContent).not.toContain('A secret')
})
