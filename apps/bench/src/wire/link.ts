/** What passed between a client and the server. Bytes are those of queries and bodies: the headers are the same for all. */
export interface Traffic {
  readonly requests: number
  readonly bytesUp: number
  readonly bytesDown: number
}

/** A client's way to the server. */
export interface Link {
  readonly fetch: typeof fetch
  /** What has passed since the last call. */
  readonly take: () => Traffic
}

const nothing: Traffic = { requests: 0, bytesUp: 0, bytesDown: 0 }

/** `delay`: milliseconds added to each request's round trip. */
export function openLink(delay: number): Link {
  let passed = nothing
  return {
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input)
      const body = typeof init?.body === 'string' ? Buffer.byteLength(init.body) : 0
      if (delay > 0) await new Promise((resolve) => void setTimeout(resolve, delay))
      // @supabase/lite takes the quotes around a column of an `or` for a part of its name; PostgREST does not.
      if (url.searchParams.has('or')) url.search = url.search.replaceAll('%22', '')
      const response = await fetch(input instanceof Request ? input : url, init)
      const answer = await response.arrayBuffer()
      const { requests, bytesUp, bytesDown } = passed
      passed = { requests: requests + 1, bytesUp: bytesUp + body + url.search.length, bytesDown: bytesDown + answer.byteLength }
      const { status, statusText, headers } = response
      return new Response(answer.byteLength === 0 ? null : answer, { status, statusText, headers })
    },
    take: () => {
      const taken = passed
      passed = nothing
      return taken
    },
  }
}
