import type { Page } from 'playwright-core'

/** What is seen and heard of an avatar in a page. Times are the page's, in ms. */
export interface Seen {
  /** How much of the mouth's place is dark in each picture: 0 to 1. */
  readonly pictures: readonly { readonly atMs: number; readonly open: number }[]
  /** The mean level (0 to 1) of what is loudest of all sounds. */
  readonly sounds: readonly { readonly atMs: number; readonly level: number }[]
  /** The highest level of each participant's sound. */
  readonly loudest: readonly number[]
}

/** Looks at the video and listens to all sounds of a page for so long. */
export function watchFace(page: Page, forMs: number): Promise<Seen> {
  return page.evaluate(async forMs => {
    const video = document.querySelector('video')
    if (!video) throw new Error('there is no video')
    const audio = new AudioContext()
    const meters = [...document.querySelectorAll('audio')].map(({ srcObject }) => {
      const meter = new AnalyserNode(audio, { fftSize: 1_024 })
      if (srcObject instanceof MediaStream)
        new MediaStreamAudioSourceNode(audio, { mediaStream: srcObject }).connect(meter)
      return meter
    })
    const samples = new Float32Array(1_024)
    const levelOf = (meter: AnalyserNode): number => {
      meter.getFloatTimeDomainData(samples)
      return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length)
    }
    const canvas = new OffscreenCanvas(60, 40)
    const paint = canvas.getContext('2d', { willReadFrequently: true })
    const pictures: { atMs: number; open: number }[] = []
    const sounds: { atMs: number; level: number }[] = []
    const loudest = meters.map(() => 0)
    let isOver = false
    const look = (atMs: number): void => {
      if (isOver || !paint) return
      const { videoWidth: width, videoHeight: height } = video
      paint.drawImage(video, width * 0.32, height * 0.55, width * 0.36, height * 0.25, 0, 0, 60, 40)
      const { data } = paint.getImageData(0, 0, 60, 40)
      let dark = 0
      for (let at = 0; at < data.length; at += 4) if ((data[at + 1] ?? 0) < 110) dark++
      pictures.push({ atMs, open: dark / (60 * 40) })
      video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    const startMs = performance.now()
    while (performance.now() - startMs < forMs) {
      await new Promise(resolve => setTimeout(resolve, 10))
      const levels = meters.map(levelOf)
      // The middle of what the meter has.
      sounds.push({ atMs: performance.now() - 512 / (audio.sampleRate / 1_000), level: Math.max(0, ...levels) })
      levels.forEach((level, at) => {
        loudest[at] = Math.max(loudest[at] ?? 0, level)
      })
    }
    isOver = true
    await audio.close()
    return { pictures, sounds, loudest }
  }, forMs)
}
