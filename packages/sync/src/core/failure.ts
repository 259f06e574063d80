/** What went wrong, by what must be done about it. */
export type FailureKind =
  | 'network'
  | 'auth'
  | 'permission'
  | 'validation'
  | 'conflict'
  | 'too-large'
  | 'rate-limit'
  | 'server'
  | 'storage'
  | 'unknown'

/** A request that failed as a whole: its HTTP status (0: no answer came) and the code in its body, if any. */
export interface FailedRequest {
  readonly status: number
  readonly code?: string | undefined
}

/** JWT missing, expired or not verifiable, in PostgREST's words (https://docs.postgrest.org/en/stable/references/errors.html). */
const authCodes = new Set(['PGRST300', 'PGRST301', 'PGRST302', 'PGRST303'])

/** By status and code, never by message: texts change, are translated, and contain other numbers. */
export function classify({ status, code }: FailedRequest): FailureKind {
  if (status === 401 || (code !== undefined && authCodes.has(code))) return 'auth'
  if (status === 0 || status === 408) return 'network'
  if (status === 403) return 'permission'
  if (status === 409) return 'conflict'
  if (status === 413) return 'too-large'
  if (status === 429) return 'rate-limit'
  if (status >= 500) return 'server'
  if (status >= 400) return 'validation'
  return 'unknown'
}

/** What to do about a request that failed as a whole: cut it into smaller ones, find the changes that are to blame, or wait. */
export type Blame = 'size' | 'changes' | 'service'

/** The request cannot be taken as it is. Not 405: that is a database which is read-only for a while, as when its disk is full. */
const refusals = new Set([400, 409, 422])
/** SQLSTATE classes of what a value does: data exception, integrity constraint violation, program limit exceeded. */
const classesOfValues = new Set(['22', '23', '54'])

/**
 * Who is to blame when the server refused a push as a whole, by PostgREST's table of SQLSTATE and HTTP status
 * (https://docs.postgrest.org/en/stable/references/errors.html#status-codes). In doubt the service is: then the changes are kept and sent again.
 * So it is for a missing grant (403), functions that are not installed (404) or do not fit their tables (400 with SQLSTATE class 42),
 * a project that is paused or has used up its quota (402, 540).
 */
export function blame({ status, code = '' }: FailedRequest): Blame {
  if (status === 413 || code === '57014') return 'size'
  const sqlClass = code.length === 5 ? code.slice(0, 2) : ''
  if (classesOfValues.has(sqlClass)) return 'changes'
  return refusals.has(status) && sqlClass !== '42' && !authCodes.has(code) ? 'changes' : 'service'
}

/** Milliseconds. A server that asks for more than this is asked again all the same. */
const longestAsked = 300_000
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Milliseconds that the header `Retry-After` asks to wait: it holds seconds or a date (RFC 9110 §10.2.3). `undefined`: it
 * does not say. The pattern of a date stands first because `Date.parse` finds a date in almost any text with a number.
 */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const wait = /^-?\d+$/.test(text) ? Number(text) * 1_000 : httpDate.test(text) ? Date.parse(text) - now : NaN
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestAsked)
}
