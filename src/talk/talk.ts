import type { Clock } from '../conversation/ports.ts'
import { type LiveCall, type LiveCallOptions, placeLiveCall } from '../sandbox/ringing/live-call.ts'
import type { CallOutcome } from '../sandbox/twilio/call.ts'
import { readKeys, type Typed } from '../terminal/keyboard.ts'
import { LOUDSPEAKERS, openLoudspeaker } from '../terminal/loudspeaker.ts'
import { openMicrophone, RECORDERS } from '../terminal/microphone.ts'
import { findProgram, type Program } from '../terminal/programs.ts'

export interface TalkOptions extends Omit<LiveCallOptions, 'onAnswered' | 'onHeard'> {
  readonly clock: Clock
  /** The keyboard. */
  readonly input: Typed
  /** Tells a line. */
  readonly say: (line: string) => void
  /** The call begins: what else there is to do while it goes on. It ends with the signal, and never rejects. */
  readonly follow: (callSid: string, signal: AbortSignal) => Promise<void>
}

/** A call that was held by microphone. */
export interface TalkedCall {
  readonly callSid: string
  readonly outcome: CallOutcome
  /** The sound went away in the call, in the words of the program. */
  readonly lost: string | undefined
  readonly microphone: ReturnType<LiveCall['caller']['microphone']>
}

/**
 * Rings a server and lets whoever sits at the terminal talk, by the programs that this machine has for sound. Rejects in
 * words where it has none, or they cannot be used. Aborting `signal` hangs up.
 */
export async function talk(options: TalkOptions, signal: AbortSignal): Promise<TalkedCall> {
  const { clock, input, say } = options
  const program = found(
    RECORDERS.map(one => one.program),
    'records',
    'arecord (alsa-utils) or rec (sox)',
  )
  const recorder = { program, channels: RECORDERS.find(one => one.program === program)?.channels ?? 1 }
  const player = found(LOUDSPEAKERS, 'plays', 'aplay (alsa-utils) or play (sox)')
  let live: LiveCall | undefined
  const microphone = await openMicrophone(
    {
      ...{ recorder, clock },
      onSound: mulaw => live?.caller.speak(mulaw),
      onDead: () =>
        say('The microphone gives nothing at all: is it muted, or does the system not let this terminal use it?'),
    },
    signal,
  )
  const loudspeaker = openLoudspeaker(player, clock)
  const over = new AbortController()
  let stopReading = (): void => undefined
  try {
    say(
      `Microphone: ${program[0]}. Loudspeaker: ${player[0]}. Use headphones: nothing takes the agent's voice out of the microphone here.`,
    )
    say('0-9, * and # are the keys of the phone; q or Ctrl-C hangs up.')
    const call = placeLiveCall({ ...options, onAnswered: () => undefined, onHeard: loudspeaker.play }, signal)
    live = call
    const followed = options.follow(call.call.callSid, over.signal)
    stopReading = readKeys(input, call.caller.press, () => call.hangUp('hung up'))
    let lost: string | undefined
    const broken = (cause: Error): void => {
      if (over.signal.aborted) return
      lost ??= cause.message
      say(cause.message)
      call.hangUp('the sound is gone')
    }
    microphone.ended.catch(broken)
    loudspeaker.ended.catch(broken)
    const outcome = await call.done
    over.abort(new Error('the call is over'))
    await followed
    return { callSid: call.call.callSid, outcome, lost, microphone: call.caller.microphone() }
  } finally {
    over.abort(new Error('the call is over'))
    stopReading()
    await Promise.all([microphone.close(), loudspeaker.close()])
  }
}

function found(programs: readonly Program[], does: string, names: string): Program {
  const program = findProgram(programs)
  if (program) return program
  throw new Error(
    `No program here ${does} sound: install ${names}. Or talk in a browser: npm start prints the softphone's address.`,
  )
}
