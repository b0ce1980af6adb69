import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { JOURNAL_FILE } from '../../src/replay/call-folder.ts'
import { comesTo, EXPECT_FILE } from '../../src/replay/expectation.ts'
import { FIXTURES_DIR, loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'

/** Recorded callers whose calls are kept, journal and all, under these names. */
const KEPT = {
  'recorded-talks-over': ['talks-over', 'A caller who talks over the agent, and means it.'],
  'recorded-thinks-aloud': ['thinks-aloud', 'A caller who pauses in the middle of a sentence to think.'],
  'recorded-corrects': ['corrects', 'A caller who corrects a booking while it is read back.'],
  'recorded-tasks': ['tasks', 'Tasks made, changed, deleted after a yes, and taken back.'],
} as const

/** Rings the recorded callers and writes their calls as fixtures for `npm run replay`: node test/replay/record-calls.ts */
for (const [name, [caller, about]] of Object.entries(KEPT)) {
  const script = await loadNamedFixture(caller)
  const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist', RECORDING: 'off' } })
  const { lines } = await all.passing(all.ring(script, { seed: 1 }))
  await all.close()
  const folder = join(FIXTURES_DIR, name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, JOURNAL_FILE), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  await writeFile(join(folder, EXPECT_FILE), `${JSON.stringify(comesTo(lines, english), null, 2)}\n`)
  await writeFile(join(folder, 'about.json'), `${JSON.stringify({ name, about, replaced: [] }, null, 2)}\n`)
  const { callerTurns } = outcomeOf(lines, english)
  process.stdout.write(`${name}: ${lines.length} lines, ${callerTurns.length} turns\n`)
}
process.exit(0)
