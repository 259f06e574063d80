/** Somebody who has a scope open now, on one device. */
export interface Present {
  readonly user: string
  readonly device: string
  /** What of it they look at, in the app's words, such as an id; `null`: nothing in particular. */
  readonly where: string | null
  /** Milliseconds since 1970, by the clock of their device. */
  readonly since: number
}

/** The longest text that is believed: other members tell this, and may tell anything. */
const longest = 200

/**
 * Who is there, of what all tabs tell of themselves: each device once, without this one, whoever came first before the others.
 * A device with several tabs has been there since the first came, and looks at what the newest tells that looks at anything.
 */
export function presentOf(told: readonly unknown[], ownDevice: string): readonly Present[] {
  const byDevice = new Map<string, Present>()
  for (const tab of told.filter(isPresent).toSorted(byTime)) {
    if (tab.device === ownDevice) continue
    const key = JSON.stringify([tab.user, tab.device])
    const { user, device, where, since } = byDevice.get(key) ?? tab
    byDevice.set(key, { user, device, where: tab.where ?? where, since })
  }
  return [...byDevice.values()].toSorted(byTime)
}

const byTime = (a: Present, b: Present): number => a.since - b.since || compare(a.user, b.user) || compare(a.device, b.device)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function isPresent(told: unknown): told is Present {
  if (typeof told !== 'object' || told === null) return false
  const { user, device, where, since } = told as Readonly<Record<string, unknown>>
  return isText(user) && isText(device) && (where === null || isText(where)) && Number.isFinite(since)
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= longest
