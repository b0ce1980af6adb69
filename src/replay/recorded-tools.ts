import type { JournalLine } from '../conversation/lines.ts'
import type { Clock, ToolCall, ToolOutcome, ToolSet, ToolSpec } from '../conversation/ports.ts'
import { STOPPED } from '../conversation/reply/tool-run.ts'
import type { AskSecret, SecretAsked } from '../conversation/secret-asked.ts'
import type { Step } from './attempts.ts'

/** What the model is told of a tool that was not called like this in the recording. */
export const NOT_RUN = 'Not run: this is a replay, and the recorded call has no result for it.'

interface RecordedRun {
  readonly outcome: ToolOutcome
  readonly tookMs: number
}

const keyOf = ({ name, arguments: given }: ToolCall, agreed: boolean): string => JSON.stringify([name, given, agreed])

/** What else came of the tool of this reply and part: words that were said as they are, and another agent. */
function followedBy(steps: readonly Step[], lines: readonly JournalLine[]) {
  const found = new Map<string, Pick<Extract<ToolOutcome, { kind: 'done' }>, 'say' | 'handOff'>>()
  const placeOf = (reply: unknown, part: unknown): string => JSON.stringify([reply, part])
  for (const { event } of steps) {
    if (event.kind !== 'hand-off') continue
    found.set(placeOf(event.reply, event.part), { handOff: { agent: event.agent, history: event.history } })
  }
  for (const line of lines) {
    if (!('noted' in line) || line.noted.kind !== 'tool-said') continue
    const place = placeOf(line.noted.reply, line.noted.part)
    found.set(place, { ...found.get(place), say: String(line.noted.words) })
  }
  return (reply: number, part: number) => {
    const place = placeOf(reply, part)
    const some = found.get(place)
    // The words are those of all tools of the answer: the first one says them, and the others nothing more.
    if (some?.say !== undefined) found.set(place, { ...some, say: '' })
    return some
  }
}

/** Of a secret nothing was recorded. What the tool gives when it is called again was. */
const NOTHING_SECRET = { kind: 'taken', value: null } as const

/** The secret that the tool of this result has wanted, and how long the caller was asked for it. */
function secretWantedBy(steps: readonly Step[], { reply, part }: { readonly reply: number; readonly part: number }) {
  const at = steps.findIndex(
    ({ event }) => event.kind === 'secret-asked' && event.reply === reply && event.part === part,
  )
  const asked = steps[at]?.event
  if (asked?.kind !== 'secret-asked') return undefined
  const over = steps.slice(at).find(({ event }) => event.kind === 'secret-over' && event.reply === reply)
  const secret: SecretAsked = {
    ...{ what: asked.what, before: '', refused: '', again: JSON.parse(asked.again.arguments) },
    numbers: () => {
      throw new Error('nobody is asked in a replay')
    },
    take: async () => NOTHING_SECRET,
  }
  const endMs = (over ?? steps.at(-1))?.event.atMs ?? asked.atMs
  return { secret, tookMs: endMs - asked.atMs }
}

/** Tools that answer as they did in the recording, where they are called with the same arguments. Nothing is ever run, and nobody is asked for a secret: that takes as long as it took. */
export function recordedTools(
  steps: readonly Step[],
  lines: readonly JournalLine[],
  specs: readonly ToolSpec[],
  clock: Clock,
): ToolSet & { readonly askSecret: AskSecret } {
  const after = followedBy(steps, lines)
  const tookMs = new Map<SecretAsked, number>()
  const runs = new Map<string, RecordedRun[]>()
  const called = new Map<string, { readonly key: string; readonly atMs: number }>()
  for (const { event, before } of steps) {
    if (event.kind === 'tool-called') {
      const { turn } = before
      const content = 'reply' in turn && turn.reply.id === event.reply ? turn.reply.content : undefined
      const agreed = content?.kind === 'answer' && content.agreed?.id === event.call.id
      called.set(event.call.id, { key: keyOf(event.call, agreed), atMs: event.atMs })
    }
    if (event.kind !== 'tool-result' && event.kind !== 'tool-asked') continue
    const wanted = secretWantedBy(steps, event)
    if (wanted) tookMs.set(wanted.secret, wanted.tookMs)
    const outcome: ToolOutcome =
      event.kind === 'tool-asked'
        ? { kind: 'ask', question: event.question }
        : {
            kind: 'done',
            text: event.result,
            ...after(event.reply, event.part),
            ...(wanted && { secret: wanted.secret }),
          }
    const call = called.get(event.kind === 'tool-asked' ? event.call.id : event.callId)
    // A tool that the caller's words stopped has no result.
    if (!call || (outcome.kind === 'done' && outcome.text === STOPPED)) continue
    runs.set(call.key, [...(runs.get(call.key) ?? []), { outcome, tookMs: event.atMs - call.atMs }])
  }
  return {
    specs,
    async askSecret(asked, signal) {
      await clock.sleep(tookMs.get(asked) ?? 0, signal)
      return NOTHING_SECRET
    },
    async run(call, { agreed }, signal) {
      const found = runs.get(keyOf(call, agreed))
      // The same call may have had another result each time; the last one holds for all after it.
      const run = found && found.length > 1 ? found.shift() : found?.[0]
      if (!run) return { kind: 'done', text: NOT_RUN }
      await clock.sleep(run.tookMs, signal)
      return run.outcome
    },
  }
}
