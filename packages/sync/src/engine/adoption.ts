import { OutdatedRead } from '../core/errors.ts'
import type { Fields } from '../core/json.ts'
import { keys, kindOf } from '../core/records.ts'
import type { Change, RecordedChange } from '../core/types.ts'
import { sealedWrite, sortOut } from './opening.ts'
import type { OpenStorage, SealedWrite, Storage, TabMessage } from './ports.ts'

/**
 * Whose store holds work done before anyone has signed in. It has the form of a user's id, so that an app can put it into fields
 * that name a user: at adoption each field with exactly this value gets the user's id, and so does the scope.
 */
export const guest = '00000000-0000-0000-0000-000000000000'

/** All guest work up to a sequence number goes to this user, whatever happens meanwhile: nobody else may get it too. */
interface Claim {
  readonly claimId: string
  readonly user: string
  readonly upTo: number
}

export interface AdoptionParts {
  readonly openStorage: OpenStorage
  readonly newId: () => string
  /** Other tabs of the user may hold their data already. */
  readonly tell: (user: string, message: TabMessage) => void
}

/**
 * Guest work becomes the user's: the same changes, with another owner [ID4]. Three writes, each of which may be the last that the
 * device lives to see: the work is claimed, copied with a mark of the claim, and removed where it was. A write fails when anything
 * was written since what it stands on was read, so that tabs which adopt at once, or wake up in the middle, copy nothing twice.
 */
export async function adopt(user: string, parts: AdoptionParts): Promise<void> {
  const from = await parts.openStorage(guest)
  try {
    for (let isDone = false; !isDone; ) isDone = await next(user, from, parts).catch(orAgain)
  } finally {
    from.close()
  }
}

/** Somebody wrote in between: what there is now is another matter. */
function orAgain(error: unknown): false {
  if (error instanceof OutdatedRead) return false
  throw error
}

/** One write towards the end; true: there is nothing left to adopt. */
async function next(user: string, from: Storage, parts: AdoptionParts): Promise<boolean> {
  const left = await read(from)
  const { claim } = left
  if (claim === undefined) {
    const last = left.changes.at(-1)
    if (last === undefined) return true
    const claimed: Claim = { claimId: parts.newId(), user, upTo: last.sequence }
    await from.commit(after(left, sealedWrite({ puts: [[keys.claim, claimed]] })))
    return false
  }
  const claimed = left.changes.filter(({ sequence }) => sequence <= claim.upTo)
  await copy(claimed, claim, parts)
  await from.commit(after(left, { deletes: [keys.claim, ...claimed.map(({ sequence }) => keys.change(sequence))] }))
  return false
}

/** To the one who has claimed it, should somebody else be signed in by now. */
async function copy(claimed: readonly RecordedChange[], { claimId, user }: Claim, { openStorage, newId, tell }: AdoptionParts): Promise<void> {
  const to = await openStorage(user)
  try {
    const held = await read(to)
    if (held.adopted === claimId) return
    const device = held.device ?? newId()
    const append = claimed.map((change) => owned(change, { user, device }))
    const puts = [[keys.adopted, claimId], [keys.device, device]] as const
    const { number, sequences } = await to.commit(after(held, sealedWrite({ append, puts })))
    const numbered = append.map((change, index) => [keys.change(sequences[index]!), { ...change, sequence: sequences[index] }] as const)
    tell(user, { is: 'commit', number, puts: [...puts, ...numbered], deletes: [] })
  } finally {
    to.close()
  }
}

/** Its sequence number is the storage's to give. */
function owned(change: RecordedChange, owner: { readonly user: string; readonly device: string }): Change {
  const [patch, baseValues] = [change.patch, change.baseValues].map((fields) =>
    Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value === guest ? owner.user : value])),
  ) as [Fields, Fields]
  return { ...change, ...owner, patch, baseValues, scope: change.scope === guest ? owner.user : change.scope }
}

interface Held {
  /** How many writes there were when this was read. */
  readonly commits: number
  readonly changes: readonly RecordedChange[]
  readonly claim: Claim | undefined
  readonly adopted: string | undefined
  readonly device: string | undefined
}

async function read(storage: Storage): Promise<Held> {
  const stored = await storage.readAll()
  const commits = stored.find(([key]) => key === keys.commits)?.[1]
  const records = new Map(sortOut(stored).records)
  const changes = [...records].flatMap(([key, value]) => (kindOf(key) === 'change' ? [value as RecordedChange] : []))
  return {
    commits: typeof commits === 'number' ? commits : 0,
    changes: changes.filter(({ user }) => user === guest),
    claim: records.get(keys.claim) as Claim | undefined,
    adopted: records.get(keys.adopted) as string | undefined,
    device: records.get(keys.device) as string | undefined,
  }
}

const after = ({ commits }: Held, write: SealedWrite): SealedWrite => ({ ...write, after: commits })
