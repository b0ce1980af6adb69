import type { BrowserContext, Page } from 'playwright-core'

/** What a page's microphone gave and what its loudspeaker was given, on one clock: the loudest sample of each block, 0 to 1. */
export interface PageSounds {
  readonly blockMs: number
  readonly microphone: readonly number[]
  readonly loudspeaker: readonly number[]
}

export interface PageEar {
  /** Begins to listen. Rejects while the page has no open microphone or hears nobody. */
  listen(page: Page): Promise<void>
  /** Everything since `listen`. */
  sounds(page: Page): Promise<PageSounds>
  /** The loudest sample of what was played in the last `ms`, 0 to 1. */
  loudness(page: Page, ms: number): Promise<number>
}

const BLOCK_SAMPLES = 512

/**
 * Listens to what a page sends and to what it plays: the received track as Chromium has decoded and buffered it, before
 * the sound card. Call it before the page is opened, and with `scriptMicrophone`.
 */
export async function pageEar(context: BrowserContext): Promise<PageEar> {
  await context.addInitScript(() => {
    const Plain = RTCPeerConnection
    window.RTCPeerConnection = class extends Plain {
      constructor(...given: ConstructorParameters<typeof Plain>) {
        super(...given)
        this.addEventListener('track', ({ track }) => {
          // There are more of them than sound: places that are kept for later.
          if (track.kind === 'audio')
            Reflect.set(window, 'heardInTest', [...(Reflect.get(window, 'heardInTest') ?? []), track])
        })
      }
    }
  })
  return {
    async listen(page) {
      await page.evaluate(blockSamples => {
        const microphone = Reflect.get(window, 'microphoneInTest')
        const heard = Reflect.get(window, 'heardInTest')
        if (!microphone || !heard) throw new Error('the page has no open microphone, or hears nobody')
        const audio: AudioContext = microphone.context
        const both = new ChannelMergerNode(audio, { numberOfInputs: 2 })
        audio.createMediaStreamSource(microphone.stream).connect(both, 0, 0)
        for (const track of heard) audio.createMediaStreamSource(new MediaStream([track])).connect(both, 0, 1)
        const ear = audio.createScriptProcessor(blockSamples, 2, 1)
        const peaks: number[][] = [[], []]
        Reflect.set(window, 'peaksInTest', peaks)
        ear.onaudioprocess = ({ inputBuffer }) => {
          for (const side of [0, 1])
            peaks[side]?.push(inputBuffer.getChannelData(side).reduce((most, s) => Math.max(most, Math.abs(s)), 0))
        }
        both.connect(ear)
        ear.connect(audio.destination)
      }, BLOCK_SAMPLES)
    },
    loudness: (page, ms) =>
      page.evaluate(
        ({ ms, blockSamples }) => {
          const { sampleRate } = Reflect.get(window, 'microphoneInTest').context as AudioContext
          const played = (Reflect.get(window, 'peaksInTest') as number[][])[1] ?? []
          return Math.max(0, ...played.slice(-Math.ceil((ms / 1_000) * (sampleRate / blockSamples))))
        },
        { ms, blockSamples: BLOCK_SAMPLES },
      ),
    async sounds(page) {
      const { peaks, rateHz } = await page.evaluate(() => ({
        peaks: Reflect.get(window, 'peaksInTest') as number[][],
        rateHz: (Reflect.get(window, 'microphoneInTest').context as AudioContext).sampleRate,
      }))
      return { blockMs: (BLOCK_SAMPLES / rateHz) * 1_000, microphone: peaks[0] ?? [], loudspeaker: peaks[1] ?? [] }
    },
  }
}
