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
