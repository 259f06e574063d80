/**
 * Keys of the local stand-in: LOCAL DEVELOPMENT ONLY, and no secrets. They are printed here for everyone to read,
 * and open nothing but a server that listens on this machine's loopback address.
 */
export const localKeys = {
  anon: 'sb_publishable_localdevlocaldevlocaldev',
  service: 'sb_secret_localdevlocaldevlocaldevlocal',
  jwtSecret: 'local-development-only-jwt-secret-0123456789',
  postgresPassword: 'postgres',
} as const
