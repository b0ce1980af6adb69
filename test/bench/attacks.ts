import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { openFlite } from '../../src/flite/flite.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { ring } from '../../src/sandbox/ringing/ring.ts'
import { startServer } from '../../src/sandbox/server-process.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import { say } from './figures.ts'
import { pinnedTo } from './process-usage.ts'

/** How late the frames of one call leave the server while others attack it. Prints each attack beside a quiet call. */
const TASKS = 1_000
const REQUESTS_AT_ONCE = 20
const ATTACKERS = 3
const QUESTIONS = ['What can you do for me today?', 'And what about tomorrow?', 'Thanks. What else?']

const request = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string().nullish() })) })
const paced = z.object({ count: z.number(), p99Ms: z.number(), mostMs: z.number() })

const event = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const call = (index: number) => ({
  ...{ index, id: `call-${index}`, type: 'function' },
  function: { name: 'list_tasks', arguments: '{}' },
})
/** What a model can do to the server in one answer. */
const BIG_ANSWERS: readonly (() => string)[] = [
  () => event({ content: 'All is well. '.repeat(60_000) }),
  () => event({ content: 'a'.repeat(500_000) }),
  () => event({ content: '! '.repeat(50_000) }),
  () => event({ tool_calls: Array.from({ length: 1_000 }, (_, index) => call(index)) }),
  () => event({ content: 'a'.repeat(5_000_000) }),
  () => event({ content: 'well ' }).repeat(20_000),
]
const QUIET_ANSWER = 'I can add your tasks, read them to you, and tell you what is due. Just say what you need. '

/** A model that answers with one of the big answers when it is told to say everything, and with a sentence otherwise. */
async function openModel() {
  let asked = 0
  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of incoming) body += chunk
    const { messages } = request.parse(JSON.parse(body))
    const last = messages.findLast(({ role }) => role === 'user')?.content ?? ''
    const isAttack = /everything/i.test(last) && messages.at(-1)?.role === 'user'
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const big = BIG_ANSWERS[asked % BIG_ANSWERS.length]
    if (isAttack) asked++
    response.write(isAttack && big ? big() : event({ content: QUIET_ANSWER }))
    response.end(`${event({}, 'stop')}data: [DONE]\n\n`)
  }
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(error => response.destroy(error))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/v1`, asked: () => asked, close: () => server.close() }
}

const lifetime = new AbortController()
const { signal } = lifetime
const dataDir = await mkdtemp(join(tmpdir(), 'partyline-attacks-'))
const model = await openModel()
const sandbox = await startSandbox({ port: 0, profile: 'fast', under: pinnedTo(1) }, signal)
const env = { AGENT: 'task-manager', OPENAI_BASE_URL: model.url, RECORDING: 'on' }
const options = { sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env, under: pinnedTo(0) }
const server = await startServer(options, clock, signal)
const flite = openFlite()
const script = (texts: readonly string[], seed: number): Promise<Script> =>
  scriptOfTexts([...texts], 'awb', flite, seeded(seed), signal)
const ticker = openTicker(clock)
let seed = 0

async function rung(by: Script) {
  const record = await ring({ ...server.rungBy(by), seed: ++seed, ticker }, signal)
  const file = join(dataDir, 'calls', record.callSid, 'journal.jsonl')
  // The record of a call is sealed a moment after its line is closed.
  while (true) {
    const lines = await readJournal(file)
    const note = lines.flatMap(line => ('noted' in line && line.noted.kind === 'frames-paced' ? [line.noted] : []))[0]
    if (note) return { record, frames: paced.parse(note) }
    await clock.sleep(50, signal)
  }
}

/** One call that asks its questions while `attack` goes on. */
async function besideCall(name: string, attack: (until: AbortSignal) => Promise<string>): Promise<number> {
  const over = new AbortController()
  const attacked = attack(over.signal)
  const { record, frames } = await rung(await script(QUESTIONS, 1))
  over.abort(new Error('the call is over'))
  const done = await attacked
  const answered = record.gaps.filter(({ kind }) => kind === 'answered').length
  say(
    `${name}: ${frames.count} frames, p99 ${frames.p99Ms} ms late, at most ${frames.mostMs} ms; ` +
      `${answered} of ${record.gaps.length} questions answered, ended by ${record.endedBy}; ${done}`,
  )
  return frames.mostMs
}

async function bigAnswers(until: AbortSignal): Promise<string> {
  const before = model.asked()
  const { utterances, ...rest } = await script(
    ['Tell me everything.', 'Really everything.', 'Say everything again.'],
    2,
  )
  // They talk over the answers, which would take minutes.
  const everything = {
    ...rest,
    utterances: utterances.map((one, i) => ({ ...one, cue: { after: 'answered' as const, ms: 5_000 * (i + 1) } })),
    hangUp: { after: 'answered' as const, ms: 20_000, withStop: true },
  }
  async function attacker(): Promise<void> {
    while (!until.aborted) await ring({ ...server.rungBy(everything), seed: ++seed, ticker }, signal)
  }
  await Promise.all(Array.from({ length: ATTACKERS }, attacker))
  return `${model.asked() - before} big answers`
}

async function floodOfLists(until: AbortSignal): Promise<string> {
  const first = await fetch(`${server.url}/api/tasks?limit=1`)
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  const headers = { cookie, origin: server.url, 'content-type': 'application/json' }
  for (let i = 0; i < TASKS; i++) {
    const body = JSON.stringify({
      title: `Task number ${i} about the report`,
      due: i % 2 ? 'tomorrow at five' : 'Friday',
    })
    await fetch(`${server.url}/api/tasks`, { method: 'POST', headers, body })
  }
  const statuses = new Map<number, number>()
  async function flood(): Promise<void> {
    while (!until.aborted) {
      const response = await fetch(`${server.url}/api/tasks?limit=1000`, { headers })
      await response.arrayBuffer()
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, flood))
  return [...statuses].map(([status, count]) => `${count} lists answered ${status}`).join(', ')
}

const worst = [
  await besideCall('quiet', async () => 'no attack'),
  await besideCall('big answers', bigAnswers),
  await besideCall('lists', floodOfLists),
]
await server.close()
await sandbox.close()
await flite.close()
model.close()
lifetime.abort()
await rm(dataDir, { recursive: true })
say(`at most ${Math.max(...worst)} ms late`)
