export { memoryStorage } from '../engine/memory-storage.ts'
export { fakeEnvironment, type FakeEnvironment } from './fake-environment.ts'
export { simulate, type SimulationResult, type SimulationSettings } from './simulation.ts'
export { stepsOf, type SimulationStep } from './simulation-steps.ts'
