import { test } from 'vitest'
import { voiceActivityChecks } from '../../../src/contract/voice-activity.ts'
import { detectorInVirtualTime, type OpenDetector } from '../in-virtual-time/detector-in-virtual-time.ts'

/** Runs the contract suite over a detector, each check as a test. */
export async function detectorContract(open: OpenDetector): Promise<void> {
  for (const { name, run } of voiceActivityChecks(await detectorInVirtualTime(open))) test(name, run)
}
