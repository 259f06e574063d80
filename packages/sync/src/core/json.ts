/** A value that survives JSON unchanged: the only kind that is stored, sent and compared. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The fields of one entity, by the app's names, `id` left out. A missing field and `null` mean the same. */
export type Fields = Readonly<Record<string, Json>>
