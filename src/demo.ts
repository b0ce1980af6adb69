import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemClock as clock } from './clock.ts'
import { SANDBOX_AUTH_TOKEN } from './config.ts'
import type { JournalLine } from './conversation/lines.ts'
import { openDatabase } from './database.ts'
import { outcomeOf, readJournal } from './journal/outcome.ts'
import { type Latency, Story, type StoryEvent } from './journal/story.ts'
import { english } from './languages/english.ts'
import { loadNamedFixture } from './sandbox/caller/fixture.ts'
import { startSandbox } from './sandbox/process.ts'
import type { CallRecord } from './sandbox/ringing/call-record.ts'
import { mismatches, taskMismatches } from './sandbox/ringing/expectations.ts'
import { startRinging } from './sandbox/ringing/ring.ts'
import { startServer } from './sandbox/server-process.ts'
import { openTicker } from './sandbox/twilio/ticker.ts'
import { taskLines } from './tasks/store/task-lines.ts'

const FOLLOW_EVERY_MS = 100
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const seconds = (ms: number): string => (ms / 1_000).toFixed(1).padStart(5)
const round = (ms: number): string => `${Math.round(ms)} ms`

/** One recorded call against the real server, over real sockets and in real time; true if it went as it should. */
async function demo(name: string, signal: AbortSignal): Promise<boolean> {
  const script = await loadNamedFixture(name)
  const dataDir = resolve('data', 'demo')
  say(`\nPartyline demo, the call "${script.name}": ${script.about}\n`)
  // Every demo begins without a task.
  const files = ['', '-wal', '-shm'].map(end => `${join(dataDir, 'demo.sqlite')}${end}`)
  await Promise.all(files.map(file => rm(file, { force: true })))
  const databaseUrl = `sqlite:${files[0]}`
  const env = { AGENT: script.agent ?? 'receptionist', DATABASE_URL: databaseUrl }
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
  const { call, record } = startRinging(
    {
      ...server.rungBy(script),
      seed: Math.round(clock.wallTime().getTime()) % 1_000_000,
      ticker: openTicker(clock),
    },
    signal,
  )
  const folder = join(dataDir, 'calls', call.callSid)
  const journal = join(folder, 'journal.jsonl')
  const over = new AbortController()
  const followed = follow(journal, over.signal)
  const heard = await record
  const { code, log } = await server.close()
  over.abort()
  await followed
  await sandbox.close()
  const lines = await readJournal(journal)
  const kept = await keptTasks(databaseUrl, script.from)
  const problems = [
    ...mismatches(script.expect, heard, outcomeOf(lines, english)),
    ...taskMismatches(script.expect, kept),
    ...heard.warnings.map(warning => `the carrier warned: ${warning}`),
    ...(code === 0 ? [] : [`the server ended with ${code}:\n${log}`]),
  ]
  const recording = join(folder, 'call-1.wav')
  summarize(heard, lines, kept, [recording, journal, join(folder, 'transcript.txt')], problems)
  return problems.length === 0
}

/** What the database says when the call is over. */
async function keptTasks(databaseUrl: string, owner: string): Promise<readonly string[]> {
  const database = await openDatabase(databaseUrl)
  try {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
    return await taskLines(database, owner, { now: clock.wallTime(), zone: timeZone })
  } finally {
    await database.close()
  }
}

/** Shows the journal as it grows. */
async function follow(file: string, signal: AbortSignal): Promise<void> {
  const story = new Story(english)
  let shown = 0
  while (true) {
    const isLast = signal.aborted
    const lines = existsSync(file) ? await readJournal(file) : []
    for (const line of lines.slice(shown))
      for (const told of story.take(line)) say(`${seconds(line.atMs)} s  ${show(told)}`)
    shown = lines.length
    if (isLast) return
    await clock.sleep(FOLLOW_EVERY_MS, signal).catch(() => undefined)
  }
}

function show(told: StoryEvent): string {
  switch (told.kind) {
    case 'caller':
      return `Caller  ${told.text}`
    case 'agent':
      return `Agent   ${told.text}${told.interrupted ? ' — (stopped: the caller speaks)' : ''}${latency(told.latency)}`
    case 'tool':
      return `        [${told.name} ${told.arguments} → ${told.result} in ${round(told.tookMs)}]`
    case 'trouble':
      return `        ! ${told.what}`
    case 'ended':
      return `        (call over: ${told.why})`
  }
}

function latency(parts: Latency | undefined): string {
  if (!parts) return ''
  const { totalMs, turnEndMs, firstTokenMs, firstAudioMs } = parts
  return `\n                 ${round(totalMs)} = turn end ${round(turnEndMs)} + first token ${round(firstTokenMs)} + first audio ${round(firstAudioMs)}`
}

function summarize(
  heard: CallRecord,
  lines: readonly JournalLine[],
  tasks: readonly string[],
  kept: readonly string[],
  problems: readonly string[],
): void {
  const story = new Story(english)
  const own = lines
    .flatMap(line => story.take(line))
    .flatMap(told => (told.kind === 'agent' && told.latency ? [told.latency.ownMs] : []))
  const gaps = heard.gaps.flatMap(gap => (gap.kind === 'answered' ? [gap.gapMs] : []))
  const yields = yieldsOf(heard)
  say(`\n${'-'.repeat(78)}`)
  say(
    `Call        ${seconds(heard.legs.caller.length / 8).trim()} s, ${heard.gaps.length} turns, ended by the ${heard.endedBy}: ${heard.why}`,
  )
  say(
    `Greeting    first frame ${heard.greetingAfterMs === undefined ? 'never' : `${round(heard.greetingAfterMs)} after the stream began`}`,
  )
  say(`Answers     ${gaps.map(round).join(', ')} after the caller's last sound, as the carrier heard it`)
  say(`Our part    ${own.map(ms => `${ms.toFixed(1)} ms`).join(', ')} of that was Partyline's own`)
  say(
    `Barge-ins   ${yields.length === 0 ? 'none' : yields.map(ms => `silent ${round(ms)} after the caller began`).join(', ')}`,
  )
  for (const task of tasks) say(`In the database: ${task}`)
  say('Kept        a stereo recording (caller left, agent right), the journal, the transcript:')
  for (const file of kept) say(`            ${file}`)
  say(
    problems.length === 0
      ? 'The call went as it should.'
      : `The call did not go as it should:\n  ${problems.join('\n  ')}`,
  )
}

/** For each `clear` that cut a reply: how long the agent was still heard after the caller had begun. */
function yieldsOf(heard: CallRecord): readonly number[] {
  return heard.clears.flatMap(({ atMs }) => {
    const utterance = heard.utterances.findLast(({ firstVoicedMs }) => firstVoicedMs <= atMs)
    const cut = heard.agentSpans.findLast(({ startMs }) => startMs < atMs)
    return utterance && cut ? [Math.max(0, cut.endMs - utterance.firstVoicedMs)] : []
  })
}

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
const isGood = await demo(process.argv[2] ?? 'tasks', stop.signal).catch(error => {
  say(`The demo broke: ${error instanceof Error ? error.message : error}`)
  return false
})
process.exit(isGood ? 0 : 1)
