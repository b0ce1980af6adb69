import type { HashCost } from '../../src/pins/pin-hash.ts'

/** For tests with many PINs that are not about their hashes: a fraction of a millisecond each. */
export const CHEAP: HashCost = { N: 16, r: 1, p: 1 }
