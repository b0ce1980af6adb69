import type { Clock } from '../../src/conversation/ports.ts'

/** The clock of one server, which its simulated providers share. */
export interface SimulatedClock extends Clock {
  /** Schedules an event of the simulation. Returns a function that cancels it. */
  at(dueMs: number, act: () => void): () => void
}
