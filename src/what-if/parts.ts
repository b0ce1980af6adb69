import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { openAgentTools } from '../agent-tools.ts'
import type { JournalLine } from '../conversation/lines.ts'
import type { Clock, VoiceActivity } from '../conversation/ports.ts'
import { openDatabase } from '../database/database.ts'
import type { Network } from '../network.ts'
import { openSilero } from '../providers/silero.ts'
import { CannotReplay } from '../replay/cannot-replay.ts'
import type { RecordedCall, WhatIfParts } from '../replay/report.ts'
import { tasksIn } from '../tasks/store/store.ts'
import { openTurnEndJudge } from '../turn-end/judge.ts'
import { liveModel } from './live-model.ts'
import { deleteLeftRunFolders, runFolder } from './run-folders.ts'
import type { RunSettings } from './run-settings.ts'

/** A detector of its own for one run: the one of live calls waits for their sound. It closes when the signal aborts. */
export async function detectorOfOneRun(clock: Clock, signal: AbortSignal): Promise<VoiceActivity> {
  const silero = await openSilero(clock)
  const close = (): void => void silero.close().catch(() => undefined)
  if (signal.aborted) close()
  else signal.addEventListener('abort', close, { once: true })
  return silero.voiceActivity
}

/**
 * What runs a call again without a server: this agent with the built-in tools, of which only the descriptions are used,
 * and the settings' model if its key is set. `close` removes what was opened.
 */
export async function openWhatIfParts(settings: RunSettings, clock: Clock, network: Network, signal: AbortSignal) {
  await deleteLeftRunFolders()
  const folder = await runFolder('what-if')
  const database = await openDatabase(`sqlite:${join(folder, 'none.sqlite')}`)
  const log = pino({ level: 'silent' })
  const tools = { ...settings, TOOLS_FILE: undefined }
  const parts = { settings: tools, environment: {}, clock, log, tasks: await tasksIn(database) }
  const own = await openAgentTools(parts, signal)
  const live = await liveModel(settings, clock, network, signal)
  const made: WhatIfParts = {
    agentOf: (name, language) => own.agents.find(agent => agent.name === name && agent.language.code === language),
    toolSpecs: own.tools.specs,
    openVoiceActivity: detectorOfOneRun,
    turnEnd: await openTurnEndJudge(),
    live,
    costUsd: () => 0,
  }
  async function close(): Promise<void> {
    await own.close()
    await database.close()
    await rm(folder, { recursive: true })
  }
  return { parts: made, close }
}

/** A recording as the records keep it. */
export interface KeptSound {
  readonly bytes: number
  /** The bytes from `from` up to, and without, `to`. */
  read(from: number, to: number, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** Half an hour of a browser's sound, both sides: longer calls are not run again. */
const MOST_BYTES = 30 * 60 * 24_000 * 4 + 1_000

/** A call out of the records, wherever they keep it. Its recording rejects with CannotReplay when it is too long. */
export function recordedCall(
  callId: string,
  lines: readonly JournalLine[],
  soundOf: (attempt: number, signal: AbortSignal) => Promise<KeptSound | undefined>,
): RecordedCall {
  return {
    callId,
    lines,
    async recording(attempt, signal) {
      const kept = await soundOf(attempt, signal)
      if (!kept) return undefined
      if (kept.bytes > MOST_BYTES)
        throw new CannotReplay('the recording is longer than half an hour: it is not run again')
      const whole = new Uint8Array(kept.bytes)
      let at = 0
      for await (const piece of kept.read(0, kept.bytes, signal)) {
        whole.set(piece.subarray(0, kept.bytes - at), at)
        at += piece.length
      }
      return whole.subarray(0, at)
    },
  }
}
