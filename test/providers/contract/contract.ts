import { test } from 'vitest'
import { contractChecks } from '../../../src/contract/contract.ts'
import type { Port } from '../../../src/providers/entry.ts'
import { type ContractOptions, inVirtualTime } from '../in-virtual-time/in-virtual-time.ts'

/** Runs the contract suite of a port over this provider, each check as a test. */
export function contract<P extends Port>(port: P, options: ContractOptions<P>): void {
  for (const { name, run } of contractChecks(port, inVirtualTime(options))) test(name, run)
}

export type { Opening, StandInParts } from '../in-virtual-time/in-virtual-time.ts'
