import { onTestFinished } from 'vitest'
import type { Clock, SpeechToText, SttInput, Transcript } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import type { Network } from '../../src/network.ts'
import { type DelayProfile, profiles } from '../../src/sandbox/delays.ts'
import type { Fault } from '../../src/sandbox/faults.ts'
import type { StandIn, StandInOptions } from '../../src/sandbox/stand-in.ts'
import { silence } from '../sandbox/caller/sounds.ts'
import { openVirtualTime } from '../whole-call/virtual-time.ts'

export const QUICK: DelayProfile = {
  ...profiles.fast,
  interim: { medianMs: 5, p95Ms: 5 },
  final: { medianMs: 40, p95Ms: 40, after: 'last-word' },
}
/** Said by a tone of 600 ms. */
export const HELLO = [
  { text: 'Hello', startMs: 0, endMs: 300 },
  { text: 'there.', startMs: 300, endMs: 600 },
]
const FRAME_MS = 20

/** A provider's session at its stand-in: real messages in memory, and virtual time. */
export async function liveSession(
  openStandIn: (options: StandInOptions) => Promise<StandIn>,
  open: (baseUrl: string, clock: Clock, network: Network) => SpeechToText,
  {
    rateHz = 8_000,
    faults = [],
    announced = true,
  }: { rateHz?: number; faults?: readonly Fault[]; announced?: boolean } = {},
) {
  const time = openVirtualTime()
  onTestFinished(time.close)
  const { clock, network } = time
  const standIn = await openStandIn({
    ...{ profile: QUICK, seed: 1, clock, faults },
    serve: app => network.serve('service', app),
  })
  onTestFinished(() => standIn.close())
  const announce = async (words = HELLO): Promise<void> => {
    const response = await network.fetch(new URL('/sandbox/utterances/CA1', standIn.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ utterances: [{ words, voicedFromMs: words[0]?.startMs ?? 0 }] }),
    })
    await response.body?.cancel()
  }
  if (announced) await time.passing(announce())
  const session = listenTo(open(standIn.url, clock, network), time, rateHz)
  return { ...session, standIn, announce }
}

/** One session of a provider, to which sound is given as time passes. */
export function listenTo(stt: SpeechToText, time: ReturnType<typeof openVirtualTime>, rateHz = 8_000) {
  const { clock } = time
  const call = new AbortController()
  onTestFinished(() => call.abort())
  const input = new Queue<SttInput>(10_000)
  const heard: Transcript[] = []
  const result: { failure: unknown; isOver: boolean } = { failure: undefined, isOver: false }
  const over = (async () => {
    try {
      for await (const transcript of stt.transcribe(input, call.signal)) heard.push(transcript)
    } catch (error) {
      result.failure = error
    }
    result.isOver = true
  })()

  async function passing(ms: number): Promise<void> {
    await time.passing(clock.sleep(ms, call.signal))
  }

  async function hear(pcm: Int16Array): Promise<void> {
    const frame = (rateHz * FRAME_MS) / 1_000
    for (let at = 0; at < pcm.length; at += frame) {
      input.push({ pcm: pcm.subarray(at, at + frame), rateHz, atMs: clock.now() })
      await passing(FRAME_MS)
    }
  }

  return {
    ...{ time, call, input, heard, result, hear, passing },
    quiet: (ms: number) => hear(silence(ms)),
    flush: (): void => input.push('flush'),
    over: () => time.passing(over),
    finals: (): readonly string[] => heard.filter(({ final }) => final).map(({ text }) => text),
  }
}
