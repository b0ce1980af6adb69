import { isToolAnswer, type ToolAnswer, type ToolCallContext } from '../agents/author/tool.ts'
import type { About } from './collector.ts'
import { phrase } from './phrases.ts'
import type { Ran } from './state.ts'
import type { FlowDefinition } from './steps.ts'

const MOST_DATA = 500
const MOST_WHY = 300

/** Runs the function of a step. It gives what came of it in any case, and throws on an abort alone. */
export async function ranOf(
  flow: FlowDefinition,
  name: string,
  given: Readonly<Record<string, unknown>>,
  call: ToolCallContext,
  about: About,
  signal: AbortSignal,
): Promise<{ readonly ran: Ran; readonly answer?: ToolAnswer }> {
  const step = flow.steps[name]
  const asked = JSON.stringify(given)
  const failed = (why: string): { readonly ran: Ran } => ({
    ran: { given: asked, kind: 'failed', why: why.normalize('NFKC').slice(0, MOST_WHY) },
  })
  if (step?.kind !== 'call') return failed(phrase('notDone', about))
  const { tool } = step
  const read = tool.parameters.safeParse(given)
  if (!read.success) return failed(phrase('notDone', about))
  try {
    const key = call.idempotencyKey
    const own = key === undefined ? call : { ...call, idempotencyKey: `${key}:${name}` }
    const result = await tool.run(read.data, own, signal)
    if (!isToolAnswer(result)) return { ran: { given: asked, kind: 'done', ...dataOf(result) } }
    switch (result.kind) {
      case 'failed':
        return failed(result.why)
      // A flow inside of a flow cannot ask.
      case 'secret':
        return failed(phrase('notDone', about))
      case 'hand-off':
      case 'to-person':
        return { ran: { given: asked, kind: 'done' }, answer: result }
      case 'say':
        return { ran: { given: asked, kind: 'done', ...dataOf(result.data) }, answer: result }
    }
  } catch {
    signal.throwIfAborted()
    // It may have been done: it is not tried again by itself.
    return {
      ran: { given: asked, kind: tool.does === 'changes' ? 'unknown' : 'failed', why: phrase('notKnown', about) },
    }
  }
}

/** The result as JSON, as it can be told at another server; what is too long for that is left out. All results are told in NFKC. */
export function dataOf(result: unknown): { readonly data?: unknown } {
  const text = JSON.stringify(result)
  if (text === undefined || text.length > MOST_DATA) return {}
  return { data: JSON.parse(text, (_, value) => (typeof value === 'string' ? value.normalize('NFKC') : value)) }
}
