import type { Policy } from '../../src/conversation/turn/turn.ts'
import { openCallTime } from '../../src/testing/call-time.ts'
import { HeldCall } from '../../src/testing/held-call.ts'
import { Line } from '../../src/testing/line.ts'
import { type Script, scriptedModel } from '../../src/testing/scripted-model.ts'
import type { TestModel } from '../../src/testing/test-model.ts'
import { openTurnEndJudge } from '../../src/turn-end/judge.ts'
import { AGENT, POLICY } from '../fakes/call.ts'
import { FakeTools } from '../fakes/tools.ts'

export interface CoreCallOptions {
  readonly policy?: Partial<Policy>
  readonly tools?: FakeTools
  readonly signal?: AbortSignal
  readonly heardAs?: (word: string) => string | undefined
}

/** A line to the core, with tools of a test: without a file of an agent. */
export async function coreCall(model: Script | TestModel, options: CoreCallOptions = {}): Promise<Line> {
  const { policy = {}, tools = new FakeTools(), signal = new AbortController().signal } = options
  const held = new HeldCall({
    ...{ time: openCallTime(), agents: [AGENT], tools, policy: { ...POLICY, draftsPerTurn: 3, ...policy } },
    ...{ channel: 'phone', caller: '+15550100199', turnEnd: await openTurnEndJudge(), signal },
    lifeOf: () => ({ take: () => undefined, context: () => undefined, over: async () => undefined }),
    model: 'open' in model ? model : scriptedModel(model),
    hearing: { heardAs: options.heardAs ?? (word => word) },
  })
  await held.begin()
  const line = new Line(held)
  await line.listen()
  return line
}

/** A call whose tools are these functions. */
export function toolsOf(all: Readonly<Record<string, (given: Record<string, unknown>) => unknown>>): FakeTools {
  const tools = new FakeTools()
  for (const [name, run] of Object.entries(all))
    tools.add(name, true, async call => JSON.stringify((await run(JSON.parse(call.arguments))) ?? null))
  return tools
}
