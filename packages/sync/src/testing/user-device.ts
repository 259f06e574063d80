import { CurrentUser, type CurrentUserParts } from '../engine/current-user.ts'
import type { EditStep } from '../engine/engine.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { OpenStorage, SessionState, Storage } from '../engine/ports.ts'
import { fakeEnvironment } from './fake-environment.ts'
import { applied, pushResult } from './scripted-server.ts'
import { testDevice, type TestDevice, type TestDeviceParts } from './test-engine.ts'

/** The making of a tent in the trip `lakes`. */
export const tentEdit = { collection: 'items', id: 'tent', before: undefined, after: { tripId: 'lakes', name: 'Tent' } }

export const signedIn = (user: string): SessionState => ({ is: 'signed-in', user })

export interface UserDeviceParts extends TestDeviceParts {
  /** Who used this device last. */
  readonly last?: string | null
  /** By user: what outlives the program. */
  readonly stores?: Map<string, Storage>
  /** Stands between the device and its stores. */
  readonly through?: (open: OpenStorage) => OpenStorage
  /** Until when the end of a session takes, after it has been told. */
  readonly ending?: () => Promise<void>
  /** Edits made before the program has asked for anything. Default: a tent. */
  readonly early?: readonly EditStep[]
  readonly current?: Partial<CurrentUserParts>
}

/** A program on a device at which users come and go. */
export interface UserDevice extends TestDevice {
  readonly current: CurrentUser
  /** News of the session; what it sets off has settled when this resolves. */
  readonly session: (state: SessionState) => Promise<void>
  /** What was opened, cleared and ended, in order. */
  readonly happened: readonly string[]
  readonly stores: Map<string, Storage>
  readonly remembered: () => string | null
}

/** The server takes every sender for the one at whom the session is. */
export function userDevice({ last = null, stores = new Map(), through = (open) => open, ending = () => Promise.resolve(), early = [{ edits: [tentEdit], atomic: false }], current: others = {}, ...given }: UserDeviceParts = {}): UserDevice {
  let remembered = last
  let at = last
  let listener: ((state: SessionState) => void) | undefined
  const happened: string[] = []
  const { environment = fakeEnvironment() } = given
  const openStorage = through((user) => {
    happened.push(`open ${user}`)
    const storage = stores.get(user) ?? memoryStorage()
    stores.set(user, storage)
    return Promise.resolve(storage)
  })
  const device = testDevice({ environment, ...given, parts: { openStorage, ...given.parts } })
  device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied), at ?? 'nobody'))
  device.server.onPull = () => Promise.resolve('unchanged')
  const tell = (state: SessionState) => {
    at = state.is === 'signed-in' ? state.user : at
    listener?.(state)
  }
  const current = new CurrentUser(
    {
      ...device.parts,
      followSession: (follow) => {
        listener = follow
        return () => happened.push('unfollow')
      },
      endSession: async () => {
        happened.push('end session')
        tell({ is: 'signed-out' })
        await ending()
      },
      lastUser: { read: () => remembered, write: (user) => void (remembered = user) },
      clear: () => happened.push('clear'),
      ...others,
    },
    early,
  )
  const session = async (state: SessionState) => {
    tell(state)
    await environment.settle()
  }
  return { ...device, current, session, happened, stores, remembered: () => remembered }
}
