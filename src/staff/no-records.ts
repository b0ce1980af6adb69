import type { Records } from '../records/records.ts'

/** For a server that keeps no index of its calls: there is nothing to open. */
export const noRecords: Records = {
  list: async () => ({ calls: [], next: null }),
  get: async () => undefined,
  lines: async () => undefined,
  about: async () => undefined,
  audio: async () => undefined,
  cost: async () => undefined,
  setTags: async () => false,
  forgetCaller: async () => [],
}
