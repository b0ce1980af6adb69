import pino, { type DestinationStream, type Logger } from 'pino'
import type { JournalLine } from '../conversation/lines.ts'
import { wordsOf } from '../conversation/turn/utterance.ts'
import { withoutKeys } from '../errors.ts'
import { type SaidWords, saidWords } from './said-words.ts'
import { vendorWords } from './vendor-words.ts'

/**
 * The log: JSON lines on stdout. Callers' words and numbers go under `pii`, and only if `pii` is true. With `traceIdOf` each
 * line of a call has the id of its trace.
 */
export function openLog(
  level: string,
  pii: boolean,
  destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
  traceIdOf?: (callId: string) => string,
): Logger {
  const traced = (line: Record<string, unknown>) =>
    typeof line.call === 'string' && traceIdOf ? { ...line, trace_id: traceIdOf(line.call) } : line
  const redact = pii ? [] : { paths: ['pii'], remove: true }
  const serializers = { err: withoutItsKeys }
  return pino(
    { level, redact, base: null, serializers, ...(traceIdOf && { formatters: { log: traced } }) },
    destination,
  )
}

/** An error as the log has it: what it was caused by may be a vendor's own words, which quote keys. */
function withoutItsKeys(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? withoutKeys(error) : error
  const { type, message, stack } = pino.stdSerializers.err(error)
  const code = 'code' in error ? { code: error.code } : {}
  return { type, message: withoutKeys(message), stack: withoutKeys(stack), ...code }
}

/**
 * The log of one call: told each of its journal's lines, it logs what operators should see of them. `earlier` are the
 * lines of the call's streams before this one, whose words a vendor may quote too.
 */
export function callLog(log: Logger, callId: string, earlier: readonly JournalLine[]): (line: JournalLine) => void {
  const said = saidWords()
  for (const line of earlier) said.take(line)
  return line => {
    said.take(line)
    logLine(log, callId, line, said)
  }
}

function logLine(log: Logger, callId: string, line: JournalLine, said: SaidWords): void {
  const call = { call: callId, atMs: line.atMs }
  if ('started' in line) log.info({ ...call, agent: line.started.agent }, 'call started')
  if ('noted' in line) {
    const { kind, port, from, to, why, atStage } = line.noted
    if (kind === 'provider-switched')
      log.warn({ ...call, port, from, to, atStage, ...withoutPii(String(why), said) }, 'another provider goes on')
    else log.debug({ ...call, note: kind }, 'noted')
  }
  if ('used' in line) log.debug({ ...call, used: line.used }, 'used')
  if ('input' in line) {
    const { input } = line
    if (input.kind === 'reply-failed')
      log.warn({ ...call, provider: input.provider, ...withoutPii(input.why, said) }, 'reply failed')
    if (input.kind === 'stt-failed') log.warn({ ...call, ...withoutPii(input.why, said) }, 'speech-to-text failed')
    if (input.kind === 'heard' && input.cut)
      log.info({ ...call, reply: input.reply, pii: { heard: input.text } }, 'interrupted')
    if (input.kind === 'tool-called')
      log.info({ ...call, tool: input.call.name, pii: { arguments: input.call.arguments } }, 'tool called')
  }
  if ('decided' in line && line.decided.kind === 'turn') {
    const { turn } = line.decided
    if (turn.kind === 'ended') log.info({ ...call, next: turn.next, why: turn.why }, 'call ended')
    else if (turn.kind === 'replying' && turn.reply.content.kind === 'answer') {
      const { to } = turn.reply.content
      log.debug({ ...call, turn: turn.kind, pii: { to: wordsOf(to), digits: to.digits } }, 'turn')
    } else log.debug({ ...call, turn: turn.kind }, 'turn')
  }
}

/** A provider's message may hold words of the call. Outside of `pii` there is only what cannot be one of them. */
function withoutPii(why: string, said: SaidWords): object {
  const status = why.match(/\b[45]\d\d\b/)?.[0]
  return { ...(status && { status: Number(status) }), why: vendorWords(said.without(why)), pii: { why } }
}
