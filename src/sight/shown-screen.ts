import type { CallJournal } from '../conversation/lines.ts'
import type { Clock } from '../conversation/ports.ts'
import { orAborted, type Scope, scopeOf } from '../conversation/scope.ts'
import type { Sight } from '../conversation/sight.ts'
import { changedShare, greyCopy, type I420Picture, isUsable } from './grey-copy.ts'
import type { JpegEncoder } from './jpeg-encoder.ts'

/** Frames that come sooner are dropped unseen. */
const FRAME_EVERY_MS = 1_000
/** How long a look waits for a frame of now. A picture that stands still may bring none: then the last one is true. */
const FRESH_WITHIN_MS = 1_500
/** The first frame of all takes longer: a browser begins to capture and to encode only when the screen is shared. */
const FIRST_WITHIN_MS = 5_000
/** When so much of the picture is another, it is described before anybody asks. */
const MUCH = 0.05
const DESCRIBE_EVERY_MS = 10_000
/** The longest pause after descriptions that failed, each of which doubles it. */
const DESCRIBE_AGAIN_MS = 160_000

export interface ShownScreenParts {
  readonly sight: Sight
  readonly encoder: Pick<JpegEncoder, 'encode'>
  readonly clock: Clock
  readonly journal: Pick<CallJournal, 'append'>
  /** In which the time of a look is told, such as Europe/Berlin. */
  readonly zone: string
  /** To whom pictures are sent, as the person was told who consented to it. */
  readonly sentTo: string
}

/** What was seen. `at` is the time of the picture, HH:MM:SS in the caller's zone. */
export interface Seen {
  readonly text: string
  readonly at: string
}

/** What came of a look. */
export type Look =
  | ({ readonly kind: 'seen' } & Seen)
  /** `no-picture`: the screen is shared, and no frame has come yet. */
  | { readonly kind: 'blind'; readonly why: 'off' | 'paused' | 'no-picture' }

/**
 * The screen that one caller shares. The latest picture is kept in memory, and nothing before `consent(true)`. `pause`,
 * `stop` and `consent(false)` blind it at once: the picture is dropped, and a description on its way is thrown away.
 */
export interface ShownScreen {
  /** A raw frame, taken at a time of the Clock. It is kept, so its data must not be written to again. */
  frame(picture: I420Picture, atMs: number): void
  /** The person agreed that the screen is looked at, or ended it. */
  consent(given: boolean): void
  pause(): void
  resume(): void
  /** Blinds it for good; resolves when nothing of it runs any more. */
  stop(): Promise<void>
  /**
   * Describes what is on the screen now; `about` is what the caller wants to know. Throws ProviderError when nothing can
   * be described, and the signal's reason on abort.
   */
  look(about: string | undefined, signal: AbortSignal): Promise<Look>
  /** The latest description; undefined where there is none of what is shared now. */
  context(): Seen | undefined
  readonly state: () => 'off' | 'watching' | 'paused'
}

/** A picture that may be looked at; `jpeg` takes the raw one's place when it is first needed. */
interface Taken {
  readonly takenMs: number
  readonly grey: Uint8Array
  readonly width: number
  readonly height: number
  raw: I420Picture | undefined
  jpeg: Promise<Uint8Array> | undefined
}

/** Why a description was thrown away. */
const BLINDED = new Error('the screen may not be looked at any more')

export function shownScreen({ sight, encoder, clock, journal, zone, sentTo }: ShownScreenParts): ShownScreen {
  const lifetime = new AbortController()
  const works = new Set<Promise<unknown>>()
  let state: 'off' | 'watching' | 'paused' = 'off'
  let watch: Scope = scopeOf(lifetime.signal)
  let latest: Taken | undefined
  /** It has the grey copy of its picture, not the picture. */
  let seen: (Seen & { readonly about: string | undefined } & Pick<Taken, 'takenMs' | 'grey'>) | undefined
  let nextFrame = Promise.withResolvers<void>()
  /** When the next description that nobody asked for may begin, and how long the pause after it is. */
  let describeFromMs = Number.NEGATIVE_INFINITY
  let describePauseMs = DESCRIBE_EVERY_MS
  let isPlanned = false
  /** Looks under way that somebody asked for: they describe the picture, too. */
  let asked = 0
  /** The description under way that nobody asked for. It ends early only when all looks do. */
  let underWay: { readonly taken: Taken; readonly seen: Promise<Seen> } | undefined
  let hasNotedSize = false

  const note = (kind: string, details: object = {}): void => journal.append({ noted: { kind, ...details } })

  function blind(): void {
    watch.abort(BLINDED)
    latest = undefined
    seen = undefined
    isPlanned = false
    hasNotedSize = false
  }

  /** Moves to a state, and notes it. What was seen in another state is gone. */
  function move(to: typeof state, details: object = {}): void {
    if (state === to || lifetime.signal.aborted) return
    blind()
    state = to
    if (to === 'watching') watch = scopeOf(lifetime.signal)
    note('screen', { state: to, ...details })
  }

  const timeOf = (takenMs: number): Date => new Date(clock.wallTime().getTime() - (clock.now() - takenMs))
  const spoken = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: zone })

  /** Describes a picture, or waits for the description of it that is under way. */
  function described(
    taken: Taken,
    about: string | undefined,
    why: 'asked' | 'changed',
    signal: AbortSignal,
  ): Promise<Seen> {
    if (about === undefined && underWay?.taken === taken) return orAborted(underWay.seen, signal)
    const own = { taken, seen: describe(taken, about, why, signal) }
    if (why === 'asked') return own.seen
    underWay = own
    return own.seen.finally(() => {
      if (underWay === own) underWay = undefined
    })
  }

  async function describe(
    taken: Taken,
    about: string | undefined,
    why: 'asked' | 'changed',
    signal: AbortSignal,
  ): Promise<Seen> {
    const beganMs = clock.now()
    const time = timeOf(taken.takenMs)
    const { takenMs, grey, width, height } = taken
    const details = { why, ...(about !== undefined && { about }), takenAt: time.toISOString(), width, height }
    try {
      const jpeg = await orAborted(jpegOf(taken), signal)
      const text = await orAborted(sight.describe({ jpeg, takenMs }, about, signal), signal)
      signal.throwIfAborted()
      const found = { text, at: spoken.format(time) }
      // A description of an older picture may come later.
      if (seen === undefined || seen.takenMs <= takenMs) seen = { ...found, about, takenMs, grey }
      note('screen-look', { ...details, jpegBytes: jpeg.length, tookMs: tookSince(beganMs), text })
      return found
    } catch (error) {
      const thrown = signal.aborted ? 'it was thrown away' : String(error)
      note('screen-look-failed', { ...details, tookMs: tookSince(beganMs), error: thrown })
      throw error
    }
  }

  const tookSince = (beganMs: number): number => Math.round(clock.now() - beganMs)

  /** It is made once, whoever asks, and lives until the picture is dropped. */
  function jpegOf(taken: Taken): Promise<Uint8Array> {
    if (taken.raw !== undefined) {
      taken.jpeg = encoder.encode(taken.raw, watch.signal)
      taken.jpeg.catch(() => undefined)
      taken.raw = undefined
    }
    return taken.jpeg ?? Promise.reject(BLINDED)
  }

  const changed = (): boolean =>
    latest !== undefined && (seen === undefined || changedShare(latest.grey, seen.grey) > MUCH)

  /** Describes a picture that is very different, though not too often; a frame that shows it may be the last for long. */
  function planDescription(): void {
    if (isPlanned || asked > 0 || !changed()) return
    isPlanned = true
    const { signal } = watch
    async function run(): Promise<void> {
      await clock.sleep(Math.max(0, describeFromMs - clock.now()), signal)
      if (latest === undefined || asked > 0 || !changed()) return
      const beganMs = clock.now()
      try {
        await described(latest, undefined, 'changed', signal)
        describePauseMs = DESCRIBE_EVERY_MS
        describeFromMs = beganMs + describePauseMs
      } catch {
        // It is in the journal.
        describePauseMs = Math.min(2 * describePauseMs, DESCRIBE_AGAIN_MS)
        describeFromMs = beganMs + describePauseMs
      }
    }
    keep(
      run().finally(() => {
        if (signal.aborted) return
        isPlanned = false
        planDescription()
      }),
    )
  }

  const blindness = (): 'off' | 'paused' => (state === 'paused' ? 'paused' : 'off')

  function keep(work: Promise<unknown>): void {
    const watched = work.catch(() => undefined).finally(() => works.delete(watched))
    works.add(watched)
  }

  /** Resolves when a picture of now is there, or when none came. */
  async function freshPicture(signal: AbortSignal): Promise<void> {
    if (latest !== undefined && clock.now() - latest.takenMs <= FRAME_EVERY_MS) return
    const wait = scopeOf(signal)
    try {
      const none = clock.sleep(latest === undefined ? FIRST_WITHIN_MS : FRESH_WITHIN_MS, wait.signal)
      none.catch(() => undefined)
      await orAborted(Promise.race([nextFrame.promise, none]), wait.signal)
    } finally {
      wait.abort(new Error('the wait is over'))
    }
  }

  return {
    state: () => state,
    context: () => seen && { text: seen.text, at: seen.at },
    frame(picture, atMs) {
      if (state !== 'watching') return
      if (latest !== undefined && !(atMs - latest.takenMs >= FRAME_EVERY_MS)) return
      const { width, height } = picture
      if (!isUsable(picture)) {
        if (!hasNotedSize) note('screen-frame-unusable', { width, height, bytes: picture.data.length })
        hasNotedSize = true
        return
      }
      latest = { takenMs: atMs, grey: greyCopy(picture), width, height, raw: picture, jpeg: undefined }
      nextFrame.resolve()
      nextFrame = Promise.withResolvers()
      planDescription()
    },
    consent(given) {
      move(given ? 'watching' : 'off', given ? { consent: true, sentTo } : { consent: false })
    },
    pause() {
      if (state === 'watching') move('paused')
    },
    resume() {
      if (state === 'paused') move('watching')
    },
    async stop() {
      move('off')
      blind()
      lifetime.abort(BLINDED)
      await Promise.all(works)
    },
    async look(about, signal) {
      if (state !== 'watching') return { kind: 'blind', why: blindness() }
      const scope = scopeOf(signal)
      const { signal: watched } = watch
      asked++
      const follow = (): void => scope.abort(BLINDED)
      watched.addEventListener('abort', follow, { once: true })
      try {
        await freshPicture(scope.signal)
        if (latest === undefined) return { kind: 'blind', why: 'no-picture' }
        const taken = latest
        if (seen?.takenMs === taken.takenMs && seen.about === about)
          return { kind: 'seen', text: seen.text, at: seen.at }
        return { kind: 'seen', ...(await described(taken, about, 'asked', scope.signal)) }
      } catch (error) {
        signal.throwIfAborted()
        if (watched.aborted) return { kind: 'blind', why: blindness() }
        throw error
      } finally {
        watched.removeEventListener('abort', follow)
        scope.abort(new Error('the look is over'))
        asked--
        planDescription()
      }
    },
  }
}

/** What all shared screens are looked at with. */
export type Looking = Pick<Parameters<typeof shownScreen>[0], 'sight' | 'encoder' | 'zone' | 'sentTo'>
