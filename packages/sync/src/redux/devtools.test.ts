import { ActionCreators, instrument } from '@redux-devtools/instrument'
import { configureStore, type StoreEnhancer, type UnknownAction } from '@reduxjs/toolkit'
import { expect, test } from 'vitest'
import { stubbedApp } from '../test/stubbed-app.ts'
import { items, people, trips } from '../test/device.ts'

interface Lifted {
  readonly liftedStore: {
    readonly dispatch: (action: object) => void
    readonly getState: () => { readonly currentStateIndex: number; readonly nextActionId: number; readonly actionsById: Readonly<Record<number, { readonly action: UnknownAction }>> }
  }
}

/** An app whose store is wrapped as DevTools wrap it. */
async function instrumented() {
  const app = stubbedApp()
  const { sync } = app
  const store = configureStore({
    reducer: sync.reducer({ trips: trips.slice.reducer, people: people.slice.reducer, items: items.slice.reducer }),
    middleware: (getDefault) => getDefault({ immutableCheck: false, serializableCheck: false }).concat(sync.middleware),
    devTools: false,
    enhancers: (getDefault) => getDefault().concat(instrument() as StoreEnhancer),
  })
  await sync.start(store)
  await app.environment.settle()
  const add = (id: string) => store.dispatch(items.slice.actions.added({ id, tripId: 'lakes', name: id, quantity: 1, packed: false }))
  return { ...app, store, add, lifted: (store as unknown as Lifted).liftedStore }
}

const ids = ({ store }: Awaited<ReturnType<typeof instrumented>>) => Object.keys(store.getState().items.entities)

test('[RX2] jumping back and forth in DevTools records and sends nothing', async () => {
  const app = await instrumented()
  app.add('tent')
  await app.synced()
  const sent = app.sent().length
  app.lifted.dispatch(ActionCreators.jumpToState(0))
  expect(ids(app)).toEqual([])
  await app.synced()
  app.lifted.dispatch(ActionCreators.jumpToState(app.lifted.getState().nextActionId - 1))
  expect(ids(app)).toEqual(['tent'])
  await app.synced()
  expect([app.sent().length, app.sync.pendingChanges()]).toEqual([sent, []])
})

test('[RX2] nor does toggling an action, or importing a history', async () => {
  const app = await instrumented()
  app.add('tent')
  await app.synced()
  const sent = app.sent().length
  const { actionsById } = app.lifted.getState()
  const added = Object.keys(actionsById).find((id) => actionsById[Number(id)]!.action.type === 'items/added')
  app.lifted.dispatch(ActionCreators.toggleAction(Number(added)))
  await app.synced()
  app.lifted.dispatch(ActionCreators.importState({ ...app.lifted.getState(), currentStateIndex: 0 } as never))
  await app.synced()
  expect([app.sent().length, app.sync.pendingChanges()]).toEqual([sent, []])
})

test('[F4] what sync does is told by name, in small actions', async () => {
  const app = await instrumented()
  app.add('tent')
  await app.synced()
  const actions = Object.values(app.lifted.getState().actionsById).map(({ action }) => action)
  const ours = actions.filter(({ type }) => type.startsWith('sync/'))
  expect(ours.map(({ type }) => type)).toEqual(expect.arrayContaining(['sync/opened', 'sync/changeRecorded', 'sync/pushed', 'sync/completed']))
  expect(Math.max(...ours.map((action) => JSON.stringify(action).length))).toBeLessThan(600)
})
