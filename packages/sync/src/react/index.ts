export { useSyncStatus, type SyncStatus } from './use-sync-status.ts'
