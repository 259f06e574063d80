import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inCircles } from './circles.ts'

const size = 7
const anyGraph = fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size })
const nodes = Array.from({ length: size }, (_, node) => node)

/** All that must come before a node, in one step or several. */
function reach(graph: readonly (readonly number[])[], from: number): ReadonlySet<number> {
  const reached = new Set<number>(graph[from])
  for (const node of reached) for (const next of graph[node] ?? []) reached.add(next)
  return reached
}

test('[OB6] each stands once, after all that must come before it; those that come before each other stand together', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const circles = inCircles(nodes, (node) => graph[node]!)
      expect(circles.flat().sort((a, b) => a - b)).toEqual(nodes)
      const place = new Map(circles.flatMap((circle, index) => circle.map((node) => [node, index] as const)))
      for (const a of nodes) {
        const before = reach(graph, a)
        for (const b of before) expect(place.get(b)).toBeLessThanOrEqual(place.get(a)!)
        for (const b of nodes.filter((other) => other !== a)) expect(place.get(a) === place.get(b)).toBe(before.has(b) && reach(graph, b).has(a))
      }
    }),
    { numRuns: 300 },
  )
})

test('what nothing ties keeps its order', () => {
  expect(inCircles(['c', 'a', 'b'], () => [])).toEqual([['c'], ['a'], ['b']])
})
