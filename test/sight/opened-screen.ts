import { onTestFinished } from 'vitest'
import type { Picture, Sight } from '../../src/conversation/sight.ts'
import type { I420Picture } from '../../src/sight/grey-copy.ts'
import { type ShownScreen, shownScreen } from '../../src/sight/shown-screen.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeJournal } from '../fakes/journal.ts'

/** A screen with stripes; another `seed` gives another screen. */
export function frameOf(seed: number, width = 1_280, height = 720): I420Picture {
  const half = Math.ceil(width / 2) * Math.ceil(height / 2)
  const data = new Uint8Array(width * height + 2 * half).fill(128)
  for (let y = 0; y < height; y++) {
    const isDark = Math.floor((y * 54) / height) % (seed + 1) === 0
    data.fill(isDark ? 30 : 220, y * width, (y + 1) * width)
  }
  return { data, width, height }
}

export interface Looked {
  readonly picture: Picture
  readonly about: string | undefined
  readonly atMs: number
}

/** Sight that takes 1 s and says what the test says. */
export class FakeSight implements Sight {
  readonly looks: Looked[] = []
  tookMs = 1_000
  text = 'An e-mail.'
  failure: Error | undefined
  aborted = 0
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  async describe(picture: Picture, about: string | undefined, signal: AbortSignal): Promise<string> {
    this.looks.push({ picture, about, atMs: this.#clock.now() })
    const { text, failure } = this
    try {
      await this.#clock.sleep(this.tookMs, signal)
    } catch (error) {
      this.aborted++
      throw error
    }
    if (failure) throw failure
    return text
  }
}

/** The screen of one call, with an encoder that writes which picture it was given. */
export function openedScreen() {
  const clock = new FakeClock()
  const journal = new FakeJournal(clock)
  const sight = new FakeSight(clock)
  const encoded: I420Picture[] = []
  const encoder = {
    async encode(picture: I420Picture) {
      encoded.push(picture)
      return new Uint8Array([encoded.length])
    },
  }
  const screen: ShownScreen = shownScreen({ clock, journal, sight, encoder, zone: 'Europe/Berlin', sentTo: 'Google' })
  onTestFinished(() => screen.stop())
  const show = (seed: number): void => screen.frame(frameOf(seed), clock.now())
  const notes = (kind: string) =>
    journal.lines.flatMap(line => ('noted' in line && line.noted.kind === kind ? [line.noted] : []))
  return { clock, journal, sight, encoded, screen, show, notes, pass: (ms: number) => clock.advance(ms) }
}
