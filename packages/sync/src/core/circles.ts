/** A node on the path that is being walked. `low`: the earliest place on the path that can be reached from it. */
interface Walked<Node> {
  readonly node: Node
  readonly place: number
  readonly ahead: Iterator<Node>
  low: number
}

/**
 * The nodes, each after all that `before` names for it; those that come before each other in a circle stand together, in one
 * list of several. Otherwise the given order stays. It is Tarjan's algorithm, without recursion: a chain of
 * thousands, such as a list whose items name the one before, must not overflow the stack.
 */
export function inCircles<Node>(nodes: Iterable<Node>, before: (node: Node) => Iterable<Node>): Node[][] {
  const circles: Node[][] = []
  const open: Node[] = []
  const places = new Map<Node, number>()
  const done = Infinity
  for (const start of nodes) {
    if (places.has(start)) continue
    const path: Walked<Node>[] = []
    const enter = (node: Node) => {
      const place = open.length
      places.set(node, place)
      open.push(node)
      path.push({ node, place, low: place, ahead: before(node)[Symbol.iterator]() })
    }
    enter(start)
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const next = here.ahead.next()
      if (next.done !== true) {
        const place = places.get(next.value)
        if (place === undefined) enter(next.value)
        else if (place !== done) here.low = Math.min(here.low, place)
        continue
      }
      path.pop()
      const earlier = path.at(-1)
      if (earlier !== undefined) earlier.low = Math.min(earlier.low, here.low)
      if (here.low < here.place) continue
      const circle = open.splice(here.place)
      for (const node of circle) places.set(node, done)
      circles.push(circle)
    }
  }
  return circles
}
