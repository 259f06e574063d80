/** One element of a push: an op, or many that are alike. Either lies in one scope. */
interface WireElement {
  readonly op_id?: string
  readonly scope: string
  readonly unit?: string
  readonly ops?: readonly unknown[]
}
interface WireAnswers {
  readonly user: string
  readonly epoch: string
  readonly as_of: number
  readonly now: string
  readonly answers: readonly object[]
  readonly advance?: object
}
interface PullRequest {
  readonly cursors?: Readonly<Record<string, string | null>>
  readonly etag?: string
}
type Common = Omit<WireAnswers, 'answers' | 'advance'>
interface WirePage extends Common {
  readonly schema: string
  readonly etag: string | null
  readonly more: boolean
  readonly scopes: object
  readonly partial: readonly unknown[]
  readonly reset: readonly unknown[]
  readonly behind: readonly unknown[]
  readonly gone: readonly unknown[]
  readonly rows: Readonly<Record<string, readonly unknown[]>>
  readonly deleted: readonly unknown[]
  readonly checksums: object | null
}
type Pulled = WirePage | { readonly unchanged: true }
type Send = <Answer>(node: string, body: object) => Promise<Answer>

/** Which node keeps a scope: by its id alone, so that every router finds the same. */
export function nodeOf(scope: string, nodes: readonly string[]): string {
  return nodes[Number.parseInt(scope.slice(0, 8), 16) % nodes.length] ?? ''
}

/**
 * Several backends as one, to be given to a client as its `fetch`: each scope is kept by one of them, the accounts by the
 * first. Nothing is remembered here. What does not lie within one node this cannot make whole: a unit of ops for scopes of
 * two nodes is refused, and epochs and `as_of` are one of each node's, put together.
 */
export function routerTo(nodes: readonly [string, ...string[]]): typeof fetch {
  return async (input, init) => {
    const { pathname, search, searchParams } = new URL(input instanceof Request ? input.url : input)
    const send: Send = async (node, body) => {
      const headers = new Headers(init?.headers)
      headers.set('Content-Type', 'application/json')
      const response = await fetch(`${node}${pathname}`, { ...init, method: 'POST', headers, body: JSON.stringify(body) })
      if (!response.ok) throw response
      return (await response.json()) as never
    }
    const body = () => JSON.parse(searchParams.get('request') ?? ((init?.body ?? '') as string)) as never
    try {
      if (pathname.endsWith('/rpc/sync_push')) return Response.json(await push(body(), { nodes, send }))
      if (pathname.endsWith('/rpc/sync_pull')) {
        const request: PullRequest = searchParams.has('request') ? body() : (body() as { request: PullRequest }).request
        return Response.json(await pull(request, { nodes, send }))
      }
    } catch (refusal) {
      if (refusal instanceof Response) return refusal
      throw refusal
    }
    return fetch(`${nodes[0]}${pathname}${search}`, init)
  }
}

interface Nodes {
  readonly nodes: readonly string[]
  readonly send: Send
}

/** Every node is asked, if with no ops: the epoch is that of all of them. */
async function push({ ops, device }: { ops: readonly WireElement[]; device: string }, { nodes, send }: Nodes): Promise<WireAnswers> {
  const apart = unitsApart(ops, nodes)
  const isHere = (element: WireElement, node: string) => !apart.has(element.unit) && nodeOf(element.scope, nodes) === node
  const results = await Promise.all(nodes.map(async (node) => send<WireAnswers>(node, { ops: ops.filter((one) => isHere(one, node)), device })))
  const waiting = results.map(({ answers }) => [...answers])
  const answers = ops.flatMap((element) => {
    if (apart.has(element.unit)) return [{ op_id: element.op_id, status: 'invalid', code: 'unit_across_nodes', message: 'Its unit spans several nodes.' }]
    return waiting[nodes.indexOf(nodeOf(element.scope, nodes))]?.splice(0, element.ops?.length ?? 1) ?? []
  })
  return { ...together(results), answers, advance: Object.assign({}, ...results.map(({ advance }) => advance)) as object }
}

function unitsApart(ops: readonly WireElement[], nodes: readonly string[]): Set<string | undefined> {
  const nodeOfUnit = new Map<string, string>()
  const apart = new Set<string | undefined>()
  for (const { unit, scope } of ops) {
    if (unit === undefined) continue
    const node = nodeOf(scope, nodes)
    if ((nodeOfUnit.get(unit) ?? node) !== node) apart.add(unit)
    nodeOfUnit.set(unit, node)
  }
  return apart
}

async function pull(request: PullRequest, { nodes, send }: Nodes): Promise<Pulled> {
  const etags = request.etag?.split(' ') ?? []
  const askedOf = (node: string, etag: string | undefined) => {
    const cursors = request.cursors && Object.fromEntries(Object.entries(request.cursors).filter(([scope]) => nodeOf(scope, nodes) === node))
    return { request: { ...request, ...(cursors && { cursors }), etag } }
  }
  const first = await Promise.all(nodes.map(async (node, place) => send<Pulled>(node, askedOf(node, etags[place]))))
  if (first.every((page) => 'unchanged' in page)) return { unchanged: true }
  // Those that have nothing new are asked again: epoch and etag are needed of all.
  const pages = await Promise.all(first.map(async (page, place) => ('unchanged' in page ? send<WirePage>(nodes[place] ?? '', askedOf(nodes[place] ?? '', undefined)) : page)))
  return merged(pages)
}

function merged(pages: readonly WirePage[]): WirePage {
  const all = (name: 'partial' | 'reset' | 'behind' | 'gone' | 'deleted') => pages.flatMap((page) => page[name])
  const collections = new Set(pages.flatMap(({ rows }) => Object.keys(rows)))
  const etags = pages.map(({ etag }) => etag)
  return {
    ...together(pages),
    schema: pages.map(({ schema }) => schema).join(' '),
    etag: etags.includes(null) ? null : etags.join(' '),
    more: pages.some(({ more }) => more),
    scopes: Object.assign({}, ...pages.map(({ scopes }) => scopes)) as object,
    partial: all('partial'),
    reset: all('reset'),
    behind: all('behind'),
    gone: all('gone'),
    rows: Object.fromEntries([...collections].map((name) => [name, pages.flatMap(({ rows }) => rows[name] ?? [])])),
    deleted: all('deleted'),
    checksums: pages.some(({ checksums }) => checksums === null) ? null : (Object.assign({}, ...pages.map(({ checksums }) => checksums)) as object),
  }
}

/** As sums of numbers that only rise, those of pushes and pulls can be compared. */
function together(results: readonly Common[]): Common {
  return {
    user: results[0]?.user ?? '',
    epoch: results.map(({ epoch }) => epoch).join(' '),
    as_of: results.reduce((sum, { as_of }) => sum + as_of, 0),
    now: results.map(({ now }) => now).sort()[0] ?? '',
  }
}
