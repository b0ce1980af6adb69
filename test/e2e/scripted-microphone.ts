import { readFile } from 'node:fs/promises'
import type { BrowserContext, Page } from 'playwright-core'

/** A person who speaks when the test says so. */
export interface ScriptedMicrophone {
  /** Plays a WAV file into the page's open microphone. Resolves when it has played; rejects when none is open. */
  say(page: Page, wavFile: string): Promise<void>
}

export interface ScriptedRoom {
  /** The room's own noise, from 0 to 1. Without it the microphone gives exact silence, as one that is dead does. */
  readonly roomLevel?: number
}

/**
 * Puts what `say` plays in the place of what the browser's microphone records. Opening it is as ever: permission, device
 * and failures are the browser's own. Call it before the page is opened. Chromium's echo canceller and its noise
 * suppression do not touch this sound; `microphone` of `openBrowser` is for tests that want them.
 */
export async function scriptMicrophone(
  context: BrowserContext,
  { roomLevel = 0 }: ScriptedRoom = {},
): Promise<ScriptedMicrophone> {
  await context.addInitScript(roomLevel => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async constraints => {
      const recorded = await open(constraints)
      if (recorded.getAudioTracks().length === 0) return recorded
      for (const track of recorded.getAudioTracks()) track.stop()
      // As WebRTC has it: nothing is resampled on the way.
      const audio = new AudioContext({ sampleRate: 48_000 })
      const microphone = audio.createMediaStreamDestination()
      if (roomLevel > 0) {
        const noise = audio.createBuffer(1, audio.sampleRate, audio.sampleRate)
        // The same each time: a sine of a square never comes back within a second.
        for (let at = 0, samples = noise.getChannelData(0); at < samples.length; at++)
          samples[at] = roomLevel * Math.sin(at * at)
        const room = new AudioBufferSourceNode(audio, { buffer: noise, loop: true })
        room.connect(microphone)
        room.start()
      }
      Reflect.set(window, 'microphoneInTest', microphone)
      Reflect.set(window, 'sayFromTest', async (wav: string) => {
        const bytes = Uint8Array.from(atob(wav), letter => letter.charCodeAt(0))
        const sound = new AudioBufferSourceNode(audio, { buffer: await audio.decodeAudioData(bytes.buffer) })
        sound.connect(microphone)
        await new Promise(resolve => {
          sound.onended = resolve
          sound.start()
        })
      })
      return new MediaStream([...microphone.stream.getAudioTracks(), ...recorded.getVideoTracks()])
    }
  }, roomLevel)
  return {
    async say(page, wavFile) {
      const wav = await readFile(wavFile, 'base64')
      await page.evaluate(async wav => {
        const say = Reflect.get(window, 'sayFromTest')
        if (say === undefined) throw new Error('the page has no open microphone')
        await say(wav)
      }, wav)
    },
  }
}
