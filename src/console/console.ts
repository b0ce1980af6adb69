import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { openAgentTools } from '../agent-tools.ts'
import { systemClock as clock } from '../clock.ts'
import { readSettings, type Settings } from '../config.ts'
import { Queue } from '../conversation/queue.ts'
import type { Turn } from '../conversation/turn/turn.ts'
import { openDatabase } from '../database/database.ts'
import { readEnvFile } from '../env-file.ts'
import { systemNetwork as network } from '../network.ts'
import { openProviders } from '../open-providers.ts'
import { policyOf } from '../policy.ts'
import { openProviderAccess } from '../stand-ins.ts'
import { naming } from '../start-error.ts'
import { tasksIn } from '../tasks/store/store.ts'
import { type TextCall, textCall } from './text-call.ts'
import { told } from './told.ts'

const MOST_LINES = 1_000
const LONGEST_LINE = 2_000
const HINT =
  'Type what you would say, and Enter. Typing while the agent speaks interrupts it. Ctrl-C or Ctrl-D hangs up.'

/**
 * Talks to an agent by text, with the settings of this folder: the real model and tools, in real time. `named`: one agent of
 * several. Lines that come by a pipe are said one after the other, each when the agent listens. Throws SettingsError and
 * StartError.
 */
export async function talkByText(named: string | undefined): Promise<void> {
  readEnvFile()
  const settings = readSettings(named === undefined ? process.env : { ...process.env, AGENT: named })
  const left = new AbortController()
  const { signal } = left
  const closing: (() => Promise<unknown>)[] = []
  try {
    await talked(settings, closing, signal)
  } finally {
    left.abort(new Error('the console is closed'))
    for (const close of closing.toReversed()) await close()
  }
}

async function talked(settings: Settings, closing: (() => Promise<unknown>)[], signal: AbortSignal): Promise<void> {
  const isHere = process.stdin.isTTY === true
  await naming('DATA_DIR', () => mkdir(settings.DATA_DIR, { recursive: true, mode: 0o700 }))
  const database = await naming('DATABASE_URL', () => openDatabase(settings.DATABASE_URL))
  closing.push(() => database.close())
  const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }))
  const tasks = await tasksIn(database)
  const agents = await naming('TOOLS_FILE', () =>
    openAgentTools({ settings, environment: process.env, clock, log, tasks }, signal),
  )
  closing.push(agents.close)
  const mind = await openMind(settings, signal)
  closing.push(mind.close)
  const write = (text: string): void => void process.stdout.write(text)
  if (settings.providers.LLM[0]?.isStoodIn)
    write(
      'No key for a model is set, so a script answers: of the agent it knows the tools alone, by names and descriptions.\n',
    )
  if (isHere) write(`${HINT}\n`)
  const screen = told(agents.agent.language, write)
  const lines = new Queue<string>(MOST_LINES)
  const turns = followedTurns()
  const call = await textCall(
    {
      ...{ clock, agents, first: agents.agent.name, policy: policyOf(settings), ...mind },
      onHeard: screen.heard,
      onLine: screen.take,
      onTurn({ kind }) {
        if (isHere && kind === 'listening' && turns.kind() !== kind) screen.invite()
        turns.next(kind)
      },
    },
    signal,
  )
  const terminal = createInterface({ input: process.stdin, terminal: false })
  closing.push(async () => terminal.close())
  terminal.on('line', line => {
    screen.entered()
    const text = line.trim().slice(0, LONGEST_LINE)
    if (text === '') return
    if (isHere) call.typed(text)
    else lines.push(text)
  })
  terminal.once('close', () => (isHere ? call.hangUp() : lines.close()))
  process.once('SIGINT', () => (isHere ? terminal.close() : call.hangUp()))
  if (!isHere) sayInTurn(lines, turns, call).catch(() => undefined)
  await call.over
}

/** Says each line when the agent listens, and hangs up when all are answered. */
async function sayInTurn(lines: AsyncIterable<string>, turns: FollowedTurns, call: TextCall): Promise<void> {
  const isFree = (kind: Turn['kind']): boolean => kind === 'listening' || kind === 'ended'
  for await (const text of lines) {
    await turns.until(isFree)
    process.stdout.write(`> ${text}\n`)
    call.typed(text)
    await turns.until(kind => kind !== 'listening')
  }
  await turns.until(isFree)
  call.hangUp()
}

type FollowedTurns = ReturnType<typeof followedTurns>

/** Whose turn it is, for those who wait for another one. */
function followedTurns() {
  let now: Turn['kind'] | undefined
  let changed = Promise.withResolvers<void>()
  return {
    kind: () => now,
    next(kind: Turn['kind']): void {
      now = kind
      changed.resolve()
      changed = Promise.withResolvers()
    },
    async until(isSo: (kind: Turn['kind']) => boolean): Promise<void> {
      while (now === undefined || !isSo(now)) await changed.promise
    },
  }
}

const NOBODY_HEARS: Settings['providers']['STT'] = []
/** It is opened, and never asked. */
const NOBODY_SPEAKS = [{ port: 'TTS', name: 'cartesia', title: '', values: {}, isStoodIn: true }] as const

/** The model of the settings, with the next ones behind it; the sandbox's where no key is set. */
async function openMind(settings: Settings, signal: AbortSignal) {
  const providers = { ...settings.providers, STT: NOBODY_HEARS, TTS: NOBODY_SPEAKS }
  const thinks: Settings = {
    ...settings,
    providers,
    standIns: [],
    ringsByHand: false,
    hasSight: false,
    hearsByCall: false,
    VAD: 'webrtc',
  }
  const sandbox = await openProviderAccess(thinks, signal)
  const opened = await openProviders(thinks, sandbox.access, clock, network)
  return {
    turnEnd: opened.turnEnd,
    modelFor: (language: string, until: AbortSignal) => {
      const ignored = (): void => undefined
      const call = { callId: 'console', traceparent: undefined, language, signal: until }
      return opened.modelFor({ ...call, note: ignored, used: ignored })
    },
    async close(): Promise<void> {
      await opened.close()
      await sandbox.close()
    },
  }
}
