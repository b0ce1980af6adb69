import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalLine } from '../../../src/conversation/lines.ts'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from '../../whole-call/whole-calls.ts'

/** What a call left, as the console's API gives it. */
export interface RungCall {
  readonly name: string
  readonly callId: string
  readonly lines: readonly JournalLine[]
  readonly wav: Buffer
}

/** Rings each of these fixtures at the real server in virtual time. */
export async function rungCalls(names: readonly string[]): Promise<readonly RungCall[]> {
  const rung: RungCall[] = []
  for (const name of names) {
    const script = await loadNamedFixture(name)
    const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist', TIME_ZONE: 'Europe/Berlin' } })
    const call = await all.passing(all.ring(script, { seed: 1 }))
    rung.push({
      ...{ name, callId: call.record.callSid, lines: call.lines },
      wav: await readFile(join(call.folder, 'call-1.wav')),
    })
    await all.close()
  }
  return rung
}
