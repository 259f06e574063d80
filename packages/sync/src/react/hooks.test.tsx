// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { memo, type ReactNode } from 'react'
import { Provider, useSelector } from 'react-redux'
import { afterEach, expect, test } from 'vitest'
import { openStubbedApp, refusing } from '../test/stubbed-app.ts'
import { SyncProvider, useConflicts, useEntityStatus, useHistory, usePendingChanges, useRejected, useResolutions, useSyncStatus, useUndo } from './index.ts'

afterEach(cleanup)

type App = Awaited<ReturnType<typeof openStubbedApp>>

function show({ store, sync }: App, children: ReactNode) {
  render(
    <Provider store={store}>
      <SyncProvider sync={sync}>{children}</SyncProvider>
    </Provider>,
  )
}

const text = (name: string) => screen.getByLabelText(name).textContent
const doing = (work: () => unknown) => act(async () => void (await work()))

function Item({ id }: { readonly id: string }) {
  return <b aria-label={id}>{useEntityStatus('items', id)}</b>
}

test('[F2] an item tells that it waits, and that it is saved', async () => {
  const app = await openStubbedApp()
  app.stub.online = false
  show(app, <Item id="tent" />)
  expect(text('tent')).toBe('saved')
  await doing(() => app.add('tent'))
  expect(text('tent')).toBe('waiting')
  app.stub.online = true
  await doing(app.synced)
  expect(text('tent')).toBe('saved')
})

test('[F2] a change of one item draws one row', async () => {
  const app = await openStubbedApp()
  const ids = Array.from({ length: 50 }, (_, nth) => `item-${nth}`)
  await doing(() => ids.forEach((id) => app.add(id)))
  await doing(app.synced)
  const drawn: string[] = []
  const Row = memo(function Row({ id }: { readonly id: string }) {
    const quantity = useSelector((state: ReturnType<App['store']['getState']>) => (state.items.entities as Record<string, { quantity: number }>)[id]?.quantity)
    const status = useEntityStatus('items', id)
    drawn.push(id)
    return <i>{`${quantity} ${status}`}</i>
  })
  show(app, ids.map((id) => <Row key={id} id={id} />))
  drawn.length = 0
  await doing(() => app.change('item-7', { quantity: 9 }))
  await doing(app.synced)
  expect(new Set(drawn)).toEqual(new Set(['item-7']))
})

function Waiting() {
  const waiting = usePendingChanges()
  return <b aria-label="waiting">{waiting.map(({ id, kind, changes }) => `${kind} ${id} ${changes}`).join()}</b>
}

test('[F2] what waits is told by entity', async () => {
  const app = await openStubbedApp()
  app.stub.online = false
  show(app, <Waiting />)
  await doing(async () => {
    app.add('tent')
    app.change('tent', { quantity: 2 })
    app.add('cup')
    await app.sync.flush()
  })
  expect(text('waiting')).toBe('create tent 2,create cup 1')
})

function Status() {
  const { kind, text: words, online, syncing, waiting, secondsLeft } = useSyncStatus()
  return <b aria-label="status">{JSON.stringify([kind, words, online, syncing, waiting, secondsLeft])}</b>
}

test('[F2] the state of sync in a word, a sentence and figures', async () => {
  const app = await openStubbedApp()
  show(app, <Status />)
  await doing(app.synced)
  expect(text('status')).toBe('["saved","all saved",true,false,0,null]')
  app.stub.online = false
  await doing(() => app.add('tent'))
  await doing(app.synced)
  expect(text('status')).toBe('["retrying","1 waiting, trying again",true,false,1,null]')
})

function Lists() {
  const [conflicts, rejected, decided] = [useConflicts(), useRejected(), useResolutions()]
  return <b aria-label="lists">{[conflicts, rejected, decided].map((list) => list.length).join()}</b>
}

test('[F2] [D4] what needs a person, and what was decided', async () => {
  const app = await openStubbedApp()
  show(app, <Lists />)
  expect(text('lists')).toBe('0,0,0')
  app.stub.answer = refusing('tent')
  await doing(() => app.add('tent'))
  await doing(app.synced)
  expect(text('lists')).toBe('0,1,0')
})

function UndoButton() {
  const { canUndo, canRedo, undo, redo } = useUndo()
  return (
    <>
      <button disabled={!canUndo} onClick={() => void undo()}>undo</button>
      <button disabled={!canRedo} onClick={() => void redo()}>redo</button>
    </>
  )
}

const button = (name: string) => screen.getByText<HTMLButtonElement>(name)

test('[A6] a button takes the last step back, and does it again', async () => {
  const app = await openStubbedApp()
  show(app, <UndoButton />)
  expect([button('undo').disabled, button('redo').disabled]).toEqual([true, true])
  await doing(async () => {
    app.add('tent')
    await app.sync.flush()
  })
  await doing(() => fireEvent.click(button('undo')))
  await doing(() => app.sync.flush())
  expect(Object.keys(app.items())).toEqual([])
  await doing(() => fireEvent.click(button('redo')))
  await doing(() => app.sync.flush())
  expect(Object.keys(app.items())).toEqual(['tent'])
})

test('[F2] a hook outside of a provider says what is missing', async () => {
  const app = await openStubbedApp()
  const alone = () => render(<Provider store={app.store}><Item id="tent" /></Provider>)
  expect(alone).toThrow(/SyncProvider/)
})

function Log() {
  const { entries, from, hasMore, more } = useHistory({ scope: 'lakes' })
  return (
    <>
      <b aria-label="log">{[from, ...entries.map(({ user, kind, id, status }) => `${user} ${kind} ${id} ${status}`)].join(', ')}</b>
      {hasMore && <button onClick={more}>more</button>}
    </>
  )
}

const done = { collection: 'items', device: null, patch: {}, baseValues: {}, status: 'done' } as const

test('[F2] [C3] who did what: the server tells page by page, and what waits here comes first', async () => {
  const app = await openStubbedApp()
  const pages = new Map([
    [null, { entries: [{ ...done, entryId: '2', kind: 'update' as const, user: 'ben', id: 'cup', time: 2 }], before: 2 }],
    [2, { entries: [{ ...done, entryId: '1', kind: 'create' as const, user: 'ben', id: 'cup', time: 1 }], before: null }],
  ])
  const sync = { ...app.sync, changeLog: (_: object, before: number | null = null) => Promise.resolve(pages.get(before)!) }
  app.stub.online = false
  await doing(async () => {
    app.add('tent')
    await app.sync.flush()
  })
  show({ ...app, sync }, <Log />)
  await doing(() => {})
  expect(text('log')).toBe('server, ann create tent waiting, ben update cup done')
  await doing(() => fireEvent.click(screen.getByText('more')))
  expect(text('log')).toBe('server, ann create tent waiting, ben update cup done, ben create cup done')
  expect(screen.queryByText('more')).toBeNull()
})

test('[F2] [C3] without a network there is what this device did, and it says that this is all', async () => {
  const app = await openStubbedApp()
  await doing(() => app.add('tent'))
  await doing(app.synced)
  const sync = { ...app.sync, changeLog: () => Promise.reject(new Error('No network.')) }
  show({ ...app, sync }, <Log />)
  await doing(() => {})
  expect(text('log')).toBe('device, ann create tent done')
})
