export { memoryStorage } from '../engine/memory-storage.ts'
