/** What a browser tells of its line (NetworkInformation); nothing, where it does not. */
export interface LineHints {
  readonly effectiveType?: 'slow-2g' | '2g' | '3g' | '4g'
  /** The user has asked to save data. */
  readonly saveData?: boolean
  /** The device runs on a battery that is nearly empty. */
  readonly lowBattery?: boolean
}

/** A line as it is known: by what the browser tells, and by how long requests took, smoothed, in milliseconds; `null`: none has been answered. */
export interface Line {
  readonly hints: LineHints
  readonly latency: number | null
}

export type LineQuality = 'good' | 'poor'

/** Milliseconds from which on a line is poor, whatever the browser takes it for. */
const slow = 3_000

export function qualityOf({ hints, latency }: Line): LineQuality {
  const isNarrow = hints.effectiveType === 'slow-2g' || hints.effectiveType === '2g'
  return isNarrow || (latency ?? 0) >= slow ? 'poor' : 'good'
}

/** How the server is within reach: `poor`, requests get through, and take long or are dear [C8]. */
export type Reach = 'online' | 'poor' | 'offline'

export function reachOf(line: Line, isOffline: boolean): Reach {
  if (isOffline) return 'offline'
  return qualityOf(line) === 'poor' ? 'poor' : 'online'
}

/** A request costs the user something that they have little of. */
const isSaving = ({ saveData = false, lowBattery = false }: LineHints): boolean => saveData || lowBattery

/** The next smoothed latency: a quarter of it is the newest, so that one odd request does not decide. */
export const smoothed = (latency: number | null, newest: number): number => (latency === null ? newest : latency + (newest - latency) / 4)

export interface Moment {
  readonly line: Line
  /** Realtime tells of news. */
  readonly isJoined: boolean
  /** Nobody sees the app: it asks when somebody does again. */
  readonly isHidden: boolean
}

/** Milliseconds between polls: with realtime, and without. The latter keeps a device in step within 10 s. */
const every = { joined: 300_000, alone: 8_000 }

/** Milliseconds to the next poll. On a poor line half as often, and so where data or the battery are to be saved. */
export function pollEvery({ line, isJoined, isHidden }: Moment): number {
  if (isHidden) return Infinity
  const usual = isJoined ? every.joined : every.alone
  return qualityOf(line) === 'poor' || isSaving(line.hints) ? usual * 2 : usual
}

/** The most that a request may hold: what the server takes at once, and what a line carries before it times out. */
export interface Limit {
  readonly ops: number
  readonly bytes: number
  /** Of the first page of a pull. */
  readonly rows: number
}

/** Rows a page: those that the server gives unasked; the most that a device takes in at once. */
export const pageRows = { usual: 2_000, most: 8_000 }

export const fullLimit: Limit = { ops: 1_000, bytes: 1_000_000, rows: pageRows.usual }
/** At 50 kbit/s a request of this size takes ten seconds. */
const poorLimit: Limit = { ops: 200, bytes: 64_000, rows: 500 }

export const limitOf = (line: Line): Limit => (qualityOf(line) === 'poor' ? poorLimit : fullLimit)

/** Milliseconds within which a page comes that could be larger. */
const soon = 500

/** Of the page after one that took so long: a long pull costs few round trips where the line carries them, and no page times out. */
export function nextPageRows(rows: number, milliseconds: number): number {
  if (milliseconds <= soon) return Math.min(pageRows.most, rows * 2)
  return milliseconds >= slow ? Math.max(1, Math.floor(rows / 2)) : rows
}

/** The most cursors that go out with an idle poll: about 60 bytes each, and it stays below 250 [S6]. Without them news costs a second request. */
export const besideEtag = 3

/** Milliseconds after which a request counts as lost: at least; at most. Supabase ends a statement of a signed-in user after 8 s. */
const patience = { least: 20_000, most: 60_000 }

/** Grows with how long requests take, and with each in a row that was given up: their time is not known, but that it was too short. */
export function timeoutOf(latency: number | null, givenUp: number): number {
  const expected = Math.max(patience.least, (latency ?? 0) * 8)
  return Math.min(patience.most, expected * 2 ** Math.min(givenUp, 10))
}
