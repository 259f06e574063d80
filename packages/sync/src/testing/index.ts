export { memoryStorage } from '../engine/memory-storage.ts'
export { fakeEnvironment, type FakeEnvironment } from './fake-environment.ts'
export { storageContract } from './storage-contract.ts'
export { simulate, stepsOf, type SimulationResult, type SimulationStep } from './simulation.ts'
