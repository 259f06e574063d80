export { appNetwork, type AppStateLike, type NetInfoLike } from './app-network.ts'
export { expoSqlite, nodeSqlite, opSqlite, type ExpoDatabase, type NodeDatabase, type OpDatabase, type SqliteDriver, type SqliteValue } from './drivers.ts'
export { sqliteStorage, type OpenDriver } from './sqlite-storage.ts'
