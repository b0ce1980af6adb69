import type { ToolSet, ToolSpec } from '../../../src/conversation/ports.ts'
import type { Chance } from '../chance.ts'
import type { Ledger, ToolRunRecord } from '../ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

export interface ToolTraits {
  readonly medianMs: number
  readonly mostMs: number
  readonly fails: number
}

export const anyTools = (chance: Chance): ToolTraits => ({
  medianMs: chance.pick([50, 400, 2_500]),
  mostMs: chance.happens(0.2) ? 20_000 : 6_000,
  fails: chance.happens(0.3) ? 0.3 : 0.02,
})

const spec = (name: string, changes: boolean, filler?: string, keyed = false): ToolSpec => ({
  name,
  description: name,
  parameters: { type: 'object' },
  changes,
  ...(keyed && { keyed }),
  ...(filler !== undefined && { filler }),
})
const SPECS = [
  spec('look_up', false, 'I am looking it up.'),
  spec('book', true, undefined, true),
  spec('cancel', true, 'Cancelling it.'),
]

/**
 * Tools that take time, and may fail before or after they have changed something. `made`: how often each key changed something, at all
 * servers; a tool that keeps keys changes nothing for one that it knows.
 */
export function tools(
  traits: ToolTraits,
  clock: SimulatedClock,
  ledger: Ledger,
  chance: Chance,
  made: Map<string, number> = new Map(),
): ToolSet {
  return {
    specs: SPECS,
    async run(call, context, signal) {
      const changes = SPECS.find(({ name }) => name === call.name)?.changes ?? false
      const run: ToolRunRecord = {
        callId: call.id,
        name: call.name,
        key: context.idempotencyKey,
        changes,
        begunMs: clock.now(),
        effects: 0,
        isOver: false,
      }
      ledger.toolRuns.push(run)
      ledger.count(changes ? 'tool runs that change something' : 'tool runs that read')
      ledger.opened('tools')
      const lengthMs = chance.tailed(traits.medianMs, traits.mostMs)
      const fails = chance.happens(traits.fails)
      const failsLate = fails && chance.happens(0.5)
      try {
        if (!SPECS.some(({ name }) => name === call.name)) throw new Error(`no tool named ${call.name}`)
        await clock.sleep(lengthMs / 2, signal)
        if (fails && !failsLate) throw new Error('simulated: before anything was done')
        const { keyed } = SPECS.find(({ name }) => name === call.name) ?? {}
        if (changes && keyed && made.has(run.key)) ledger.count('changes asked for again by their key')
        else if (changes) {
          run.effects++
          made.set(run.key, (made.get(run.key) ?? 0) + 1)
        }
        if (failsLate) ledger.count('tools that throw after they have changed something', changes ? 1 : 0)
        if (failsLate) throw new Error('simulated: after all was done')
        await clock.sleep(lengthMs / 2, signal)
        return { kind: 'done', text: `${call.name} is done: kilo0` }
      } catch (error) {
        ledger.count(signal.aborted ? 'tools aborted' : 'tools failed')
        throw error
      } finally {
        run.isOver = true
        ledger.closed('tools')
      }
    },
  }
}
