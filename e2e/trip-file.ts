const categories = ['Documents', 'Clothes', 'Toiletries', 'Electronics', 'Food', 'Gear']

const id = () => crypto.randomUUID()

/** A trip as it is saved to a file: `count` things, in six categories or, `inOneCategory`, in one, for three people. */
export function tripFile(count: number, { inOneCategory = false } = {}): { name: string; mimeType: string; buffer: Buffer } {
  const tripId = id()
  const people = ['Ann', 'Ben', 'Mia'].map((name, position) => ({ id: id(), tripId, name, color: '#2f7fc1', ageGroup: null, position }))
  const items = Array.from({ length: count }, (_, nth) => ({
    id: id(), tripId, personId: people[nth % 4]?.id ?? null, name: `Thing ${nth}`, quantity: 1 + (nth % 3), category: categories[inOneCategory ? 0 : nth % 6], packed: false,
    notes: nth % 9 === 0 ? 'the one from the cellar' : null, position: nth, ruleId: null, ruleQuantity: null,
  }))
  const trip = { id: tripId, name: 'Round the world', destination: 'Everywhere', startsOn: '2026-07-01', endsOn: '2026-07-20', notes: null, conditions: ['hot'], archived: false }
  return { name: 'world.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ format: 'stowaway-trip', version: 1, trip, days: [], people, rules: [], items })) }
}
