/** What a client sent. Bytes are those of the bodies: the headers are the same for all. */
export interface Traffic {
  readonly requests: number
  readonly bytesUp: number
}

/** A client's way to the server. */
export interface Link {
  readonly fetch: typeof fetch
  /** What has passed since the last call. */
  readonly take: () => Traffic
}

/** `delay`: milliseconds added to each request's round trip. */
export function openLink(delay: number): Link {
  let passed: Traffic = { requests: 0, bytesUp: 0 }
  return {
    fetch: async (input, init) => {
      const bytes = typeof init?.body === 'string' ? Buffer.byteLength(init.body) : 0
      passed = { requests: passed.requests + 1, bytesUp: passed.bytesUp + bytes }
      if (delay > 0) await new Promise((resolve) => void setTimeout(resolve, delay))
      return fetch(input, init)
    },
    take: () => {
      const taken = passed
      passed = { requests: 0, bytesUp: 0 }
      return taken
    },
  }
}
