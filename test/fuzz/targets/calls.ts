import { openFlite } from '../../../src/flite/flite.ts'
import { languageOf } from '../../../src/languages/languages.ts'
import { replayExactly } from '../../../src/replay/exact.ts'
import { scriptOfTexts } from '../../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { openWholeCalls } from '../../whole-call/whole-calls.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, holdsPlain, type OpenTarget, type Target } from '../target.ts'
import { editedWire } from '../wires/edited-wire.ts'

const SERVER = 'localhost'
const QUESTIONS = ['Could you tell me the address of the restaurant?', 'Do you have parking?']
/** Twice a call in which nothing goes wrong. */
const ENDS_WITHIN_MS = 120_000
const ERROR = 50

/** A whole call at the real server, while everything that its vendors send is edited: ears, model and voice at once. */
export const calls: Target = {
  name: 'calls',
  async open(): Promise<OpenTarget> {
    const flite = openFlite()
    const script = await scriptOfTexts(QUESTIONS, 'awb', flite, seeded(1), new AbortController().signal)
    await flite.close()
    const all = await openWholeCalls({ env: { RECORDING: 'off', LOG_LEVEL: 'debug' } })
    const wire = editedWire(all.network, [SERVER])
    let seed = 0

    async function ring(edits: Parameters<typeof editedSession>[0]) {
      const edited = editedSession(edits)
      wire.edits(edited)
      const beganMs = all.clock.now()
      const call = await all.passing(all.ring(script, { seed: ++seed })).finally(() => wire.edits(undefined))
      const tookMs = all.clock.now() - beganMs
      holds(tookMs < ENDS_WITHIN_MS, `the call took ${tookMs} ms`)
      const { differences, notes } = replayExactly(call.lines, { languageOf })
      holds(
        differences.length === 0 && notes.length === 0,
        `it replays otherwise: ${JSON.stringify([differences, notes]).slice(0, 2_000)}`,
      )
      for (const line of all.logged.splice(0)) {
        holdsPlain(line.slice(0, -1), 'a line of the log')
        holds(JSON.parse(line).level < ERROR, `an error is in the log: ${line}`)
      }
      return { messages: edited.taken, changed: edited.changed }
    }

    const { messages } = await ring([])
    return { messages, run: ring, close: () => all.close() }
  },
}
