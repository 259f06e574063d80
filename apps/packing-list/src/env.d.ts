interface ImportMetaEnv {
  /** Address of a Supabase project; absent: the page's own origin. */
  readonly VITE_SUPABASE_URL?: string
  readonly VITE_SUPABASE_ANON_KEY?: string
}
