/** A map key for an entity. A NUL cannot occur in a collection's name. */
export const entityKey = (collection: string, id: string): string => `${collection}\u0000${id}`
