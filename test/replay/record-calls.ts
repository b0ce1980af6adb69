import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openFlite } from '../../src/flite/flite.ts'
import { outcomeOf } from '../../src/journal/outcome.ts'
import { languageOf } from '../../src/languages/languages.ts'
import { JOURNAL_FILE } from '../../src/replay/call-folder.ts'
import { comesTo, EXPECT_FILE } from '../../src/replay/expectation.ts'
import { FIXTURES_DIR, loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { renderScript } from '../../src/sandbox/caller/record-fixtures.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { LANGUAGE_SCRIPTS } from './language-scripts.ts'

/** Recorded callers whose calls are kept, journal and all, under these names. */
const KEPT = {
  'recorded-talks-over': ['talks-over', 'A caller who talks over the agent, and means it.'],
  'recorded-thinks-aloud': ['thinks-aloud', 'A caller who pauses in the middle of a sentence to think.'],
  'recorded-corrects': ['corrects', 'A caller who corrects a booking while it is read back.'],
  'recorded-tasks': ['tasks', 'Tasks made, changed, deleted after a yes, and taken back.'],
} as const

/** Those who speak other languages are written here alone: ears that know English would hear nothing of use in their sound. */
async function callers() {
  const flite = openFlite()
  const { signal } = new AbortController()
  const others = LANGUAGE_SCRIPTS.map(async ({ LANGUAGE, ...script }) => ({
    ...{ name: `recorded-${script.name}`, about: script.about, AGENT: 'receptionist', LANGUAGE },
    script: await renderScript({ ...script, expect: {} }, flite, signal),
  }))
  const usual = Object.entries(KEPT).map(async ([name, [caller, about]]) => {
    const script = await loadNamedFixture(caller)
    return { name, about, script, AGENT: script.agent ?? 'receptionist', LANGUAGE: 'en' }
  })
  const all = await Promise.all([...usual, ...others])
  await flite.close()
  return all
}

/** Rings the recorded callers and writes their calls as fixtures for `npm run replay`: node test/replay/record-calls.ts */
const wanted = process.argv.slice(2)
for (const { name, about, script, LANGUAGE, AGENT } of await callers()) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const all = await openWholeCalls({ env: { AGENT, LANGUAGE, RECORDING: 'off' } })
  const { lines } = await all.passing(all.ring(script, { seed: 1 }))
  await all.close()
  const folder = join(FIXTURES_DIR, name)
  await mkdir(folder, { recursive: true })
  const language = languageOf(LANGUAGE.split(',')[0] ?? '')
  await writeFile(join(folder, JOURNAL_FILE), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
  await writeFile(join(folder, EXPECT_FILE), `${JSON.stringify(comesTo(lines, language), null, 2)}\n`)
  await writeFile(join(folder, 'about.json'), `${JSON.stringify({ name, about, replaced: [] }, null, 2)}\n`)
  const { callerTurns } = outcomeOf(lines, language)
  process.stdout.write(`${name}: ${lines.length} lines, ${callerTurns.length} turns\n`)
}
process.exit(0)
