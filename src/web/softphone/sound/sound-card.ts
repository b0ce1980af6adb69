import worklet from './line-worklet.ts?worker&url'
import type { Microphone } from './microphone.ts'
import type { PhoneFrame } from './phone-frames.ts'
import type { PlayoutCounts } from './playout.ts'
import { playKey, playRinging } from './tones.ts'

/** What the sound card and the browser tell. */
export interface SoundHeard {
  /** A frame of the microphone, 50 a second: of silence while there is none. */
  readonly onFrame: (frame: PhoneFrame) => void
  readonly onCounts: (counts: PlayoutCounts) => void
  /** It runs, or the browser holds it, or it is gone for good. */
  readonly onState: (state: 'running' | 'held' | 'gone') => void
}

/** The microphone and the loudspeaker of one call. */
export interface SoundCard {
  play(frame: Uint8Array<ArrayBuffer>): void
  /** Another microphone, or none. Throws a DOMException where it runs at a rate that this browser cannot join. */
  listenTo(microphone: Microphone | undefined): void
  /** From 0 to 1. */
  setVolume(volume: number): void
  playKey(key: string): void
  /** Until what it returns is called. */
  ring(): () => void
  /** Asks the browser to go on. It may refuse until somebody presses something. */
  resume(): void
  close(): void
}

/** A browser that has not begun by then waits for somebody to press something. */
const STARTS_WITHIN_MS = 1_500

/** Rates of microphone and loudspeaker that this browser cannot join. */
export class RatesError extends Error {}
/** The file for the sound thread could not be loaded. */
export class WorkletError extends Error {}

/**
 * Opens the sound of a call, after its microphone: a headset changes its rate when its microphone is opened, and no rate is
 * kept from the call before. Throws a `RatesError` or a `WorkletError`.
 */
export async function openSoundCard(
  microphone: Microphone | undefined,
  heard: SoundHeard,
  signal: AbortSignal,
): Promise<SoundCard> {
  try {
    return await openAt(undefined, microphone, heard, signal)
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotSupportedError')) throw error
    try {
      return await openAt(microphone?.track.getSettings().sampleRate, microphone, heard, signal)
    } catch (again) {
      if (again instanceof WorkletError) throw again
      throw new RatesError('the microphone and the loudspeaker run at different rates', { cause: again })
    }
  }
}

async function openAt(
  sampleRate: number | undefined,
  microphone: Microphone | undefined,
  heard: SoundHeard,
  signal: AbortSignal,
): Promise<SoundCard> {
  const context = new AudioContext({ latencyHint: 'interactive', ...(sampleRate !== undefined && { sampleRate }) })
  try {
    // Not waited for: without somebody's leave it is pending for ever.
    void context.resume().catch(() => undefined)
    await context.audioWorklet.addModule(worklet).catch((cause: unknown) => {
      throw new WorkletError('the file for the sound thread could not be loaded', { cause })
    })
    signal.throwIfAborted()
    return cardOf(context, microphone, heard)
  } catch (error) {
    void context.close().catch(() => undefined)
    throw error
  }
}

function cardOf(context: AudioContext, microphone: Microphone | undefined, heard: SoundHeard): SoundCard {
  const { destination } = context
  const volume = new GainNode(context)
  const capture = new AudioWorkletNode(context, 'microphone', { channelCount: 1, channelCountMode: 'explicit' })
  const playout = new AudioWorkletNode(context, 'playout', { numberOfInputs: 0, outputChannelCount: [1] })
  // It gives silence alone, and is connected since a node that leads nowhere is not run.
  capture.connect(destination)
  playout.connect(volume).connect(destination)
  capture.port.onmessage = ({ data }: MessageEvent<PhoneFrame>) => heard.onFrame(data)
  playout.port.onmessage = ({ data }: MessageEvent<PlayoutCounts>) => heard.onCounts(data)
  const gone = (): void => heard.onState('gone')
  capture.onprocessorerror = gone
  playout.onprocessorerror = gone
  context.addEventListener('error', gone)
  const told = (): void =>
    heard.onState(context.state === 'running' ? 'running' : context.state === 'closed' ? 'gone' : 'held')
  context.onstatechange = told
  const slow = setTimeout(() => context.state !== 'running' && told(), STARTS_WITHIN_MS)
  let source: MediaStreamAudioSourceNode | undefined

  function listenTo(other: Microphone | undefined): void {
    const next = other && new MediaStreamAudioSourceNode(context, { mediaStream: other.stream })
    source?.disconnect()
    source = next
    source?.connect(capture)
  }

  listenTo(microphone)
  return {
    play(frame) {
      // A thread that is held takes nothing out of its port, and would play it all later.
      if (context.state === 'running') playout.port.postMessage(frame, [frame.buffer])
    },
    listenTo,
    setVolume(level) {
      volume.gain.setTargetAtTime(level, context.currentTime, 0.01)
    },
    playKey: key => playKey(context, destination, key),
    ring: () => playRinging(context, destination),
    resume: () => void context.resume().catch(() => undefined),
    close() {
      clearTimeout(slow)
      context.onstatechange = null
      context.removeEventListener('error', gone)
      source?.disconnect()
      void context.close().catch(() => undefined)
    },
  }
}
