import type { LastError, SyncEvent } from './core/events.ts'
import type { Rejected } from './core/types.ts'

/** What `select * from sync.doctor()` finds, or shows to be well. */
const askDoctor = '`select * from sync.doctor();` in the database says what is wrong, and the cure.'
const notInstalled = 'Are the migrations of @stowaway/sync in this project, and may `authenticated` call their functions?'

/** By codes of PostgREST: no such function, no such schema. */
const missing = new Set(['PGRST202', 'PGRST106'])

/**
 * A listener that tells, once each, what only a developer can put right: changes that cannot be recorded, functions that the database
 * does not have, what the server refuses and why, rows that the app's own schema refuses.
 */
export function tellMistakes(tell: (sentence: string) => void, tableOf: (collection: string) => string): (event: SyncEvent) => void {
  const told = new Set<string>()
  return (event) => {
    for (const { about, sentence } of mistakesIn(event, tableOf)) {
      if (told.has(about)) continue
      told.add(about)
      tell(`Stowaway: ${sentence}`)
    }
  }
}

interface Mistake {
  /** Others that are alike are not told. */
  readonly about: string
  readonly sentence: string
}

function mistakesIn(event: SyncEvent, tableOf: (collection: string) => string): readonly Mistake[] {
  // A schema's sentences are for the user, and the app shows them.
  if (event.type === 'changeRefused' && event.error.code !== 'invalid-change') {
    const { code, message } = event.error
    return [{ about: `${code} ${event.entity.collection}`, sentence: `An edit was put back. ${message}` }]
  }
  if (event.type === 'failed') return failureOf(event.error)
  if (event.type === 'outboxChanged') return event.rejected.filter(isItsOwn).map((rejected) => refusalOf(rejected, tableOf(rejected.collection)))
  if (event.type === 'pulled') return (event.hidden ?? []).map((scope) => ({ about: 'hidden', sentence: `What was made in ${scope} is on the server, and is taken off the screen, as its user may not see it: \`sync.my_scopes()\` does not name it. ${askDoctor}` }))
  if (event.type === 'setAside') return event.items.filter(({ what }) => what === 'row').map(({ name, reason }) => ({ about: `row ${name.split('/')[0]}`, sentence: `The row ${name} is not shown: ${reason}` }))
  if (event.type === 'collectionsHeld') return event.held.map((name) => ({ about: `held ${name}`, sentence: `Nothing of ${name} is sent until \`sync.release('${name}')\`: the app holds it, or the server refused more than a tenth of it.` }))
  return []
}

function refusalOf({ collection, id, status, code, message }: Rejected, table: string): Mistake {
  const what = `The server refuses a change of ${collection}/${id}, in the table ${table}, as ${status} (${code}): "${message}"`
  // A data exception: what PostgreSQL makes of an id that is no UUID, or sync of a name that it does not know.
  const hint = code.startsWith('22') ? 'Is it registered (`sync.register_table`), with a column for each field, and is each id a UUID? ' : ''
  return { about: `${collection} ${status} ${code}`, sentence: `${what} It waits in state.sync.rejected. ${hint}${askDoctor}` }
}

/** What others did meanwhile is nobody's mistake, and one refusal is told, not those that follow from it. */
const isItsOwn = ({ status, dependsOn }: Rejected): boolean => (status === 'invalid' || status === 'forbidden') && dependsOn === null

function failureOf({ kind, code, message }: LastError): readonly Mistake[] {
  if (missing.has(code)) return [{ about: 'missing', sentence: `${message}. ${notInstalled}` }]
  if (kind !== 'validation' && kind !== 'permission') return []
  return [{ about: `${kind} ${code}`, sentence: `${message} (${code}). ${askDoctor}` }]
}
