import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Line } from '../../src/conversation/lines.ts'
import { begin } from '../../src/conversation/turn/enter.ts'
import type { Turn } from '../../src/conversation/turn/turn.ts'
import { emptyUtterance } from '../../src/conversation/turn/utterance.ts'
import { openLog } from '../../src/operations/log.ts'
import { POLICY } from '../fakes/call.ts'

const WORDS = ['apricots', '+15551234567', 'plums', 'cherries', 'quinces']
const greeting = begin(POLICY, 0)
const to = { ...emptyUtterance(0), finalWords: 'I want apricots' }
const answering =
  greeting.kind === 'replying'
    ? ({ ...greeting, reply: { ...greeting.reply, content: { kind: 'answer', to } } } as Turn)
    : greeting
const call = { id: 't1', name: 'book', arguments: '{"what":"plums","number":"+15551234567"}' }
const lines: readonly Line[] = [
  { input: { kind: 'words', text: 'I want apricots', final: true, ended: false, atMs: 1 } },
  { input: { kind: 'digit', digit: '7', atMs: 2 } },
  { decided: { kind: 'turn', turn: answering } },
  { decided: { kind: 'clause', reply: 1, part: 0, text: 'You want cherries.' } },
  { input: { kind: 'delta', reply: 1, part: 0, text: 'cherries' } },
  { input: { kind: 'tool-called', reply: 1, part: 0, call, atMs: 3 } },
  { input: { kind: 'heard', reply: 1, part: 0, text: 'You want cherries', cut: true, atMs: 4 } },
  { used: { kind: 'tokens', input: 1, output: 2, cached: 0 } },
  { input: { kind: 'reply-failed', reply: 1, provider: 'OpenAI', why: 'OpenAI: 400 [apricots]', atMs: 5 } },
  { input: { kind: 'reply-failed', reply: 1, provider: 'OpenAI', why: 'OpenAI: 401 Incorrect API key.', atMs: 5 } },
  { noted: { kind: 'screen-look', why: 'changed', text: 'The screen shows quinces.' } },
  { input: { kind: 'stt-failed', session: 1, why: 'no plums, Plums, quinces or cherries', retryable: true, atMs: 5 } },
  { noted: { kind: 'caller-gap', gapMs: 20 } },
]

/** The stdout of a process that logs these lines at the lowest level. */
async function logged(pii: boolean): Promise<string> {
  const file = new URL('../../src/operations/log.ts', import.meta.url).href
  const script = `
    const { openLog, callLog } = await import(${JSON.stringify(file)})
    const tell = callLog(openLog('trace', ${pii}), 'CA1', [])
    for (const line of ${JSON.stringify(lines)}) tell({ v: 2, seq: 1, atMs: 0, ...line })`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return stdout
}

test('the log has no words or numbers of the caller, even at the lowest level', async () => {
  const log = await logged(false)
  expect(log.trim().split('\n').length).toBeGreaterThanOrEqual(4)
  for (const word of WORDS) expect(log).not.toContain(word)
  expect(log).toContain('"provider":"OpenAI","status":400')
  expect(log).toContain('"why":"OpenAI: 401 Incorrect API key."')
  expect(log).toContain('"tool":"book"')
  expect(log).toContain('"call":"CA1"')
})

test('with LOG_PII the words are there, all under pii', async () => {
  const log = await logged(true)
  for (const word of WORDS) expect(log).toContain(word)
  for (const line of log.trim().split('\n')) {
    const { pii: _, ...rest } = JSON.parse(line)
    for (const word of WORDS) expect(JSON.stringify(rest)).not.toContain(word)
  }
})

test('each line of a call has the id of its trace, where calls are traced', () => {
  const logged: Readonly<Record<string, unknown>>[] = []
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) }
  const log = openLog('info', false, destination, callId => `trace of ${callId}`)
  log.info({ call: 'CA1', pii: { words: 'hello' } }, 'call started')
  log.warn({ ip: '127.0.0.1' }, 'refused')
  log.info({ calls: ['CA1'] }, 'stopped')
  openLog('info', false, destination).info({ call: 'CA1' }, 'untraced')
  expect(logged.map(({ trace_id, pii }) => [trace_id, pii])).toEqual([
    ['trace of CA1', undefined],
    ...[1, 2, 3].map(() => [undefined, undefined]),
  ])
})
