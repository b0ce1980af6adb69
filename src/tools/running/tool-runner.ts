import type { CallToolResult } from '@modelcontextprotocol/client'
import { z } from 'zod'
import type { Clock, MadeBefore, ToolCall, ToolContext, ToolOutcome } from '../../conversation/ports.ts'
import { LinkError } from '../links/link-error.ts'
import { saysItWasRun } from '../links/link-failure.ts'
import type { OfferedTool } from '../settings/offered-tools.ts'
import { type CallOutcome, confirmations, type PendingCall } from './confirmation.ts'
import { failureWords, isCertainlyNotDone } from './failure-words.ts'
import { fittingArguments } from './fitting-arguments.ts'
import { cutToSize, logText, plainText } from './plain-text.ts'
import { type ChangeAsked, type ChangeOutcome, repeatedChanges } from './repeated-changes.ts'
import { type Answer, resultCache } from './result-cache.ts'
import { hasText, resultWords, tellsOfDone } from './result-words.ts'
import { changesTogether, type KnownCall } from './together.ts'
import type { ToolLog } from './tool-log.ts'

/** The share of a tool's time that describing may take, so that enough is left for running it. */
const DESCRIBING_SHARE = 0.5
const LONGEST_COMPLAINT = 400
/** The conversation gives all that an agreement covers 8 s. */
const MOST_MS = 7_500
const ASKED = 'Not done yet: the caller is asked about all these changes at once.'
const SAME = 'Not done: it is the same call as another one of this answer.'

type Given = Readonly<Record<string, unknown>>

export interface ToolRunnerParts {
  readonly clock: Clock
  readonly log: ToolLog
  readonly offered: () => ReadonlyMap<string, OfferedTool>
  /** The W3C trace context of a call, where calls are traced. */
  readonly traceparentOf?: ((context: ToolContext) => string) | undefined
}

/** Runs a tool if it is one of the `allowed` names. Resolves with words even when it failed; throws only on abort. */
export type RunTool = (
  allowed: ReadonlySet<string>,
  call: ToolCall,
  context: ToolContext,
  signal: AbortSignal,
) => Promise<ToolOutcome>

/** Runs tools, and is told what was run at a server that is gone. */
export interface ToolRunner {
  readonly run: RunTool
  readonly remember: (allowed: ReadonlySet<string>, callId: string, made: readonly MadeBefore[]) => void
}

export function toolRunner({ clock, log, offered, traceparentOf }: ToolRunnerParts): ToolRunner {
  const cache = resultCache(clock)
  const confirm = confirmations()
  const together = changesTogether(confirm)
  const failures = failureWords()
  const repeated = repeatedChanges(clock)

  /** Calls the tool on its server and checks the result against the announced schema. */
  async function callTool(
    { tool, link, changes }: OfferedTool,
    given: Given,
    context: ToolContext,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<CallOutcome> {
    const { callId, owner, language = 'en', said, taken, answered, idempotencyKey } = context
    const callOwner = { callId, owner, language, ...(said && { said }), ...(taken && { taken }) }
    const place = JSON.stringify([callId, link.name])
    const key = changes ? { key: idempotencyKey } : {}
    try {
      const traceparent = traceparentOf?.(context)
      const result = await link.call(
        { tool: tool.serversName, given, callOwner, ...key, ...(answered && { answered }), limitMs, traceparent },
        signal,
      )
      const wrong = result.isError ? undefined : tool.wrongResult(result.structuredContent)
      if (wrong === undefined) {
        failures.worked(place)
        return { kind: 'result', result }
      }
      const { structuredContent: _, ...textual } = result
      if (!hasText(result)) throw new LinkError('wrong', `its result does not match its schema: ${wrong}`)
      log.warn(
        { server: link.name, tool: tool.name, pii: { detail: logText(wrong) } },
        'only the text of a result fits',
      )
      failures.worked(place)
      return { kind: 'result', result: textual }
    } catch (error) {
      if (!(error instanceof LinkError)) throw error
      const { kind: why, message } = error
      log.warn(
        { call: callId, server: link.name, tool: tool.name, why, pii: { detail: logText(message) } },
        'tool failed',
      )
      return { kind: 'failed', why, text: failures.failed(place, tool.name, error, changes) }
    }
  }

  /** Calls a read-only tool, unless its result is cached; resolves with words for the model. */
  async function read(
    called: OfferedTool,
    given: Given,
    context: ToolContext,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<string> {
    const { tool, link, policy } = called
    const run = async (): Promise<Answer> => {
      const outcome = await callTool(called, given, context, limitMs, signal)
      if (outcome.kind === 'failed') return { text: outcome.text, isCacheable: false }
      const { result } = outcome
      return { text: resultWords(tool.name, result, policy.words), isCacheable: result.isError !== true }
    }
    if (policy.cacheMs === undefined) return (await run()).text
    const place = { owner: context.owner, server: link.name }
    return cache.answer(place, JSON.stringify([tool.name, given]), policy.cacheMs, run)
  }

  /** Calls a tool that changes something. */
  async function change(
    called: OfferedTool,
    given: Given,
    context: ToolContext,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<ChangeOutcome> {
    const { tool, link, policy } = called
    try {
      const outcome = await callTool(called, given, context, limitMs, signal)
      if (outcome.kind === 'failed')
        return { kind: isCertainlyNotDone(outcome.why) ? 'not done' : 'unknown', text: outcome.text }
      const { result } = outcome
      if (isInDoubt(result)) return { kind: 'unknown', text: failures.unknown(tool.name) }
      return { kind: result.isError ? 'not done' : 'done', text: resultWords(tool.name, result, policy.words) }
    } finally {
      cache.changed({ owner: context.owner, server: link.name })
    }
  }

  /** Calls a tool of which it is settled that it may be run. */
  async function run({ offered, given, context }: PendingCall, untilMs: number, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const leftMs = Math.min(untilMs - clock.now(), offered.policy.limitMs)
    if (!offered.changes) return read(offered, given, context, leftMs, signal)
    const make = async (key: string): Promise<ChangeOutcome> => {
      const outcome = await change(offered, given, { ...context, idempotencyKey: key }, leftMs, signal)
      if (outcome.kind !== 'not done') together.changed(offered, context)
      return outcome
    }
    return repeated.made(changeOf(offered, given, context), make, signal)
  }

  function pendingCall({ call, offered: found, given }: KnownCall, context: ToolContext, signal: AbortSignal) {
    const describe = (name: string): Promise<CallOutcome> | undefined => {
      const describing = offered().get(name)
      if (!describing || describing.changes || describing.link !== found.link) {
        log.warn({ tool: name, for: call.name }, 'tools: there is no read-only tool that describes what would be done')
        return undefined
      }
      const describeMs = Math.min(describing.policy.limitMs, found.policy.limitMs * DESCRIBING_SHARE)
      return callTool(describing, given, context, describeMs, signal)
    }
    const isInDoubt = found.changes && repeated.isInDoubt(changeOf(found, given, context))
    return { call, offered: found, given, context, isInDoubt, describe }
  }

  function remember(allowed: ReadonlySet<string>, callId: string, made: readonly MadeBefore[]): void {
    for (const { call, result, agoMs } of made) {
      const known = knownCall(call, allowed, offered())
      if (typeof known === 'string' || !known.offered.changes || !tellsOfDone(known.offered.tool.name, result)) continue
      repeated.remember(changeOf(known.offered, known.given, { callId, idempotencyKey: '' }), result, agoMs)
    }
  }

  const runTool: RunTool = async (allowed, call, context, signal) => {
    const startMs = clock.now()
    const known = (one: ToolCall): KnownCall | string => knownCall(one, allowed, offered())
    const asked = known(call)
    if (typeof asked === 'string') return done(asked)
    // What was agreed to may be done already, and then it cannot be described any more.
    if (context.again && context.agreed)
      return done(await run(pendingCall(asked, context, signal), startMs + MOST_MS, signal))
    const { group, verdict } = await together.judged(asked, known, context, one => pendingCall(one, context, signal))
    const own = group.find(one => one.call === call)
    const refusal = own && verdict.refused.get(own)
    if (own === undefined) return done(SAME)
    if (refusal !== undefined && !context.agreed) return done(refusal)
    if (verdict.kind === 'ask') return own === verdict.first ? { kind: 'ask', question: verdict.question } : done(ASKED)
    const calls = context.agreed ? group : [own]
    const untilMs = startMs + Math.min(MOST_MS, asked.offered.policy.limitMs * calls.length)
    const texts: string[] = []
    for (const [index, one] of calls.entries()) {
      // Each change has a key of its own.
      const key = index === 0 ? {} : { idempotencyKey: `${context.idempotencyKey}-${index}` }
      const meant = index === 0 ? undefined : verdict.meant?.get(one)
      const why = verdict.refused.get(one) ?? (meant === undefined ? undefined : await confirm.whyNot(one, meant))
      texts.push(why ?? (await run({ ...one, context: { ...context, ...key } }, untilMs, signal)))
    }
    return done(texts.join(' '))
  }
  return { run: runTool, remember }
}

const unknown = z.object({ problem: z.literal('unknown') })

/** Whether the server itself does not know if it was done, or failed after doing it. */
function isInDoubt({ isError, structuredContent, content }: CallToolResult): boolean {
  if (!isError) return false
  return (
    unknown.safeParse(structuredContent).success || content.some(one => one.type === 'text' && saysItWasRun(one.text))
  )
}

const changeOf = (
  { tool, link, policy }: OfferedTool,
  given: Given,
  context: Pick<ToolContext, 'callId' | 'idempotencyKey'>,
): ChangeAsked => ({
  ...{ callId: context.callId, key: context.idempotencyKey, server: link.name, tool: tool.name, given },
  onceMs: policy.onceMs ?? 0,
})

/** The call if it can be made, or else what the model is told. */
function knownCall(
  call: ToolCall,
  allowed: ReadonlySet<string>,
  tools: ReadonlyMap<string, OfferedTool>,
): KnownCall | string {
  const offered = allowed.has(call.name) ? tools.get(call.name) : undefined
  if (!offered) return `There is no tool of that name. The tools are: ${[...allowed].join(', ') || 'none'}.`
  const given = fittingArguments(call.arguments, offered.tool.parameters)
  if (!given) return wrongArguments('they must be a JSON object')
  const wrong = offered.tool.wrongArguments(given)
  return wrong === undefined ? { call, offered, given } : wrongArguments(wrong)
}

const done = (text: string): ToolOutcome => ({ kind: 'done', text })

const wrongArguments = (wrong: string): string =>
  `The arguments are not right: ${cutToSize(plainText(wrong), LONGEST_COMPLAINT)}. Call the tool again with right ones.`
