import type { ItemRow } from './library.ts'

/** The server's half of the wire, answering from memory and at once: what a device costs is measured without one. */
export interface Answers {
  readonly fetch: typeof fetch
  /** What the next pull brings, as texts: they come over the network as such. */
  readonly pages: string[]
  /** How many ops each push brought. */
  readonly pushed: number[]
}

/** Rows on a page, by the server's default. */
const rowsOnPage = 2_000

export function answersTo(user: string): Answers {
  const pages: string[] = []
  const pushed: number[] = []
  const answer = (name: string | undefined, request: { readonly cursors?: object; readonly ops?: readonly { readonly op_id: string }[] }): string => {
    if (name === 'sync_push') {
      const ops = request.ops ?? []
      pushed.push(ops.length)
      const answers = ops.map(({ op_id }) => ({ op_id, status: 'applied', version: 2 }))
      return JSON.stringify({ user, epoch, now: new Date().toISOString(), answers })
    }
    if (pages.length === 0) return JSON.stringify({ unchanged: true })
    // Only asked whether there is anything new [PL9].
    return request.cursors === undefined ? page(user, { rows: [], cursors: {}, more: true }) : pages.shift()!
  }
  return {
    pages,
    pushed,
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const name = url.pathname.split('/').at(-1)
      const inUrl = url.searchParams.get('request')
      const body = JSON.parse(inUrl ?? (init?.body as string)) as { readonly request?: object }
      return new Response(answer(name, inUrl === null && body.request !== undefined ? body.request : body), { headers: { 'content-type': 'application/json' } })
    },
  }
}

/** The answers of a pull that brings these items. */
export function pagesOf(user: string, rows: readonly ItemRow[]): string[] {
  const count = Math.ceil(rows.length / rowsOnPage)
  return Array.from({ length: count }, (_, index) => {
    const some = rows.slice(index * rowsOnPage, (index + 1) * rowsOnPage).map((row) => ({ ...row, sync_version: 1, sync_xid: 1 }))
    const cursors = Object.fromEntries(some.map(({ trip_id }) => [trip_id, `1:${index}`]))
    return page(user, { rows: some, cursors, more: index < count - 1 })
  })
}

const epoch = 'a4f1f7a8-5a3e-4a1a-8d29-0b9c7e5d3c11'

function page(user: string, { rows, cursors, more }: { rows: readonly object[]; cursors: Readonly<Record<string, string>>; more: boolean }): string {
  const rest = { partial: [], reset: [], behind: [], gone: [], deleted: [], checksums: null }
  return JSON.stringify({ user, epoch, as_of: 1, schema: 'bench', now: new Date().toISOString(), etag: more ? null : 'last', more, scopes: cursors, rows: { items: rows }, ...rest })
}
