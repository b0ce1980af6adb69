import { rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { systemClock as clock } from './clock.ts'
import { SANDBOX_AUTH_TOKEN } from './config.ts'
import type { JournalLine } from './conversation/lines.ts'
import { openDatabase } from './database/database.ts'
import { outcomeOf, readJournal } from './journal/outcome.ts'
import { Story, type StoryEvent } from './journal/story.ts'
import { english } from './languages/english.ts'
import { systemNetwork } from './network.ts'
import { loadNamedFixture } from './sandbox/caller/fixture.ts'
import { isKillable, KILLABLE, type Killable, kill, SECOND, withSecond } from './sandbox/killing.ts'
import { startSandbox } from './sandbox/process.ts'
import type { CallRecord } from './sandbox/ringing/call-record.ts'
import { mismatches, taskMismatches } from './sandbox/ringing/expectations.ts'
import { startRinging } from './sandbox/ringing/ring.ts'
import { startServer } from './sandbox/server-process.ts'
import { openTicker } from './sandbox/twilio/ticker.ts'
import { taskLines } from './tasks/store/task-lines.ts'
import { followJournal } from './terminal/follow-journal.ts'
import { findPlayer, play } from './terminal/player.ts'
import { storyLine, timedLine } from './terminal/story-lines.ts'

const say = (text: string): void => void process.stdout.write(`${text}\n`)
const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
const round = (ms: number): string => `${Math.round(ms)} ms`

interface DemoOptions {
  readonly plays: boolean
  /** Dies in the middle of the call, and another one takes over. */
  readonly killed: Killable | undefined
}

/** So long after the caller's second utterance began: in its middle, and while its answer is made and spoken. */
const KILLED_AFTER_MS: Readonly<Record<Killable, number>> = { deepgram: 700, openai: 1_500, cartesia: 3_500 }

/** One recorded call against the real server, over real sockets and in real time; true if it went as it should. */
async function demo(name: string, { plays, killed }: DemoOptions, signal: AbortSignal): Promise<boolean> {
  const script = await loadNamedFixture(name)
  const dataDir = resolve('data', 'demo')
  say(`\nPartyline demo, the call "${script.name}": ${script.about}\n`)
  // Every demo begins without a task.
  const files = ['', '-wal', '-shm'].map(end => `${join(dataDir, 'demo.sqlite')}${end}`)
  await Promise.all(files.map(file => rm(file, { force: true })))
  const databaseUrl = `sqlite:${files[0]}`
  say('Starting the stand-ins of Twilio, Deepgram, OpenAI and Cartesia …')
  const more = killed ? [SECOND[killed]] : []
  const sandbox = await startSandbox({ port: 0, profile: 'fast', with: more }, signal)
  const env = {
    ...{ AGENT: script.agent ?? 'receptionist', DATABASE_URL: databaseUrl },
    ...(killed && withSecond(killed, SECOND[killed], sandbox)),
  }
  say('Starting the server: the first time it renders the phrases that must never fail …')
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
  say('Ringing it, in real time …\n')
  const { call, record } = startRinging(
    {
      ...server.rungBy(script),
      seed: Math.round(clock.wallTime().getTime()) % 1_000_000,
      ticker: openTicker(clock),
      onEvent: event => {
        if (killed && event.kind === 'utterance' && event.index === 1) killLater(killed)
      },
    },
    signal,
  )
  function killLater(who: Killable): void {
    clock
      .sleep(KILLED_AFTER_MS[who], signal)
      .then(() => kill(who, 'dead', sandbox, systemNetwork, signal))
      .then(() => say(styleText('yellow', `         ${who} is killed now; ${SECOND[who]} has to take over`)))
      .catch(error => say(`${who} could not be killed: ${error instanceof Error ? error.message : error}`))
  }
  const folder = join(dataDir, 'calls', call.callSid)
  const journal = join(folder, 'journal.jsonl')
  const over = new AbortController()
  const showTold = (told: StoryEvent, atMs: number): void => say(timedLine(atMs, storyLine(told)))
  const followed = followJournal(journal, clock, showTold, over.signal)
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
    ...(killed && !lines.some(isSwitch) ? [`nobody took over for ${killed}`] : []),
    ...(code === 0 ? [] : [`the server ended with ${code}:\n${log}`]),
  ]
  const recording = join(folder, 'call-1.wav')
  summarize(heard, lines, kept, [recording, journal, join(folder, 'transcript.txt')], problems)
  await offerToPlay(recording, plays, signal)
  return problems.length === 0
}

/** Nobody wants sound by surprise: it is played only when asked for. */
async function offerToPlay(recording: string, plays: boolean, signal: AbortSignal): Promise<void> {
  const player = findPlayer()
  if (!plays) return say(player ? 'Hear it: npm run demo -- --play' : `Hear it: ${shown(recording)}`)
  if (!player) return say('Nothing here can play it: install aplay (alsa-utils) or ffplay (ffmpeg).')
  say(`Playing it with ${player[0]} …`)
  await play(player, recording, signal).catch(error => say(error instanceof Error ? error.message : String(error)))
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
    `Call        ${seconds(heard.legs.caller.length / 8)} s, ${heard.gaps.length} turns, ended by the ${heard.endedBy}: ${heard.why}`,
  )
  say(
    `Greeting    first frame ${heard.greetingAfterMs === undefined ? 'never' : `${round(heard.greetingAfterMs)} after the stream began`}`,
  )
  say(`Answers     ${gaps.map(round).join(', ')} after the caller's last sound, as the carrier heard it`)
  say(`Our part    ${own.map(ms => `${ms.toFixed(1)} ms`).join(', ')} of that was Partyline's own`)
  if (yields.length === 0) say('Barge-ins   none')
  for (const ms of yields) say(`Barge-in    silent ${round(ms)} after the caller began`)
  for (const task of tasks) say(`In the database: ${task}`)
  say('Kept        a stereo recording (caller left, agent right), the journal, the transcript:')
  for (const file of kept) say(`            ${shown(file)}`)
  say(
    problems.length === 0
      ? styleText('green', 'The call went as it should.')
      : styleText('red', `The call did not go as it should:\n  ${problems.join('\n  ')}`),
  )
}

/**
 * How long the agent was still heard after the caller had begun, for each time that it was cut. A voice that is turned
 * down before it is silent is cut twice, by the same words of the caller.
 */
function yieldsOf(heard: CallRecord): readonly number[] {
  const yields = new Map<number, number>()
  for (const { atMs } of heard.clears) {
    const utterance = heard.utterances.findLast(({ firstVoicedMs }) => firstVoicedMs <= atMs)
    const cut = heard.agentSpans.findLast(({ startMs }) => startMs < atMs)
    if (utterance && cut) yields.set(utterance.firstVoicedMs, Math.max(0, cut.endMs - utterance.firstVoicedMs))
  }
  return [...yields.values()]
}

const isSwitch = (line: JournalLine): boolean => 'noted' in line && line.noted.kind === 'provider-switched'

const shown = (file: string): string => relative(process.cwd(), file)

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { play: { type: 'boolean', default: false }, kill: { type: 'string' } },
  })
  const { kill: killed, play: plays } = values
  if (killed !== undefined && !isKillable(killed))
    throw new Error(`--kill ${killed}: only ${KILLABLE.join(', ')} can be killed`)
  return demo(positionals[0] ?? 'tasks', { plays, killed }, stop.signal)
}

const isGood = await main().catch(error => {
  say(`The demo broke: ${error instanceof Error ? error.message : error}`)
  return false
})
process.exit(isGood ? 0 : 1)
