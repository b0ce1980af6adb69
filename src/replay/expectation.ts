import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { messagesOf } from '../conversation/history.ts'
import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import type { Expectation } from './report.ts'

export const EXPECT_FILE = 'expect.json'

const expectation = z.strictObject({
  callerSaid: z.array(z.string()),
  callerHeard: z.array(z.string()),
  tools: z.array(z.strictObject({ name: z.string(), arguments: z.string() })),
  interruptions: z.int().min(0),
  outcome: z.enum(['hang-up', 'transfer', 'goodbye', 'unavailable', 'cut off']),
})

/** What a call came to, folded from its inputs by the code of today. Throws as `restore` does. */
export function comesTo(lines: readonly JournalLine[], language: Language): Expectation {
  const { turn, history } = restore(lines, language)
  const messages = messagesOf(history)
  const replies = new Map<number, string>()
  for (const { exchange, message } of history)
    if (message.role === 'agent')
      replies.set(exchange, replies.has(exchange) ? `${replies.get(exchange)} ${message.text}` : message.text)
  return {
    callerSaid: messages.flatMap(message => (message.role === 'caller' ? [message.text] : [])),
    callerHeard: [...replies.values()],
    tools: messages.flatMap(message =>
      message.role === 'tool' ? [{ name: message.call.name, arguments: message.call.arguments }] : [],
    ),
    interruptions: messages.filter(message => message.role === 'agent' && message.interrupted).length,
    outcome: turn.kind === 'ended' ? turn.next : 'cut off',
  }
}

/** Where a call came to something else than it should: a line for each, in words. */
export function mismatchesOf(expected: Expectation, now: Expectation): readonly string[] {
  const told = (what: string, wanted: readonly string[], found: readonly string[]): readonly string[] =>
    Array.from({ length: Math.max(wanted.length, found.length) }, (_, i) => i).flatMap(i =>
      wanted[i] === found[i] ? [] : [`${what} ${i + 1}: expected ${quoted(wanted[i])}, now ${quoted(found[i])}`],
    )
  const tool = ({ name, arguments: given }: Expectation['tools'][number]): string => `${name} ${given}`
  return [
    ...told('the caller said', expected.callerSaid, now.callerSaid),
    ...told('the caller heard', expected.callerHeard, now.callerHeard),
    ...told('tool', expected.tools.map(tool), now.tools.map(tool)),
    ...(expected.interruptions === now.interruptions
      ? []
      : [`expected ${expected.interruptions} interruptions, now ${now.interruptions}`]),
    ...(expected.outcome === now.outcome ? [] : [`expected the end "${expected.outcome}", now "${now.outcome}"`]),
  ]
}

const quoted = (text: string | undefined): string => (text === undefined ? 'nothing' : JSON.stringify(text))

/** Checks what somebody has written. Throws an Error that names `where` and what is wrong with it. */
export function parseExpectation(where: string, json: unknown): Expectation {
  const read = expectation.safeParse(json)
  if (read.success) return read.data
  const problems = read.error.issues.map(issue => `  ${issue.path.join('.') || '(all of it)'}: ${issue.message}`)
  throw new Error(`${where}: not what a call is expected to come to:\n${problems.join('\n')}`)
}

/** Reads an expect.json. Throws an Error that names the file. */
export async function readExpectation(file: string): Promise<Expectation> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${file}: it cannot be read (${why})`, { cause })
  }
  return parseExpectation(file, json)
}
