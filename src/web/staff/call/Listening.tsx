import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Call, CostReport, Note } from '../server/shapes.ts'
import type { Span } from '../timeline/lane.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { Notes } from './Notes.tsx'
import { lastUntil, Position } from './position.ts'
import { TimelineCanvas, type TimelineHandle } from './TimelineCanvas.tsx'
import { Transcript } from './Transcript.tsx'
import { Transport } from './Transport.tsx'
import { Facts, TurnTable } from './TurnTable.tsx'
import { useCallKeys } from './use-call-keys.ts'
import { Waveform, type WaveformHandle } from './Waveform.tsx'

interface ListeningProps {
  readonly call: Call
  readonly timeline: Timeline
  readonly cost: CostReport | undefined
  readonly atMs: number | undefined
  readonly onNotes: (notes: readonly Note[]) => void
  readonly after: ReactNode
}

/** A turn's table begins a little before its first word: what led to it is there. */
const BEFORE_MS = 200

/** The sound, the timeline and the words of a call, at one moment. */
export function Listening({ call, timeline, cost, atMs, onNotes, after }: ListeningProps) {
  const [position] = useState(() => new Position())
  const said = useMemo(() => [...timeline.transcript.said].sort((a, b) => a.fromMs - b.fromMs), [timeline])
  const [at, setAt] = useState(0)
  const [attempt, setAttempt] = useState(() => call.attempts[0] ?? { attempt: 1, audio: false, startMs: 0 })
  const [isPlaying, setPlaying] = useState(false)
  const [isFollowing, setFollowing] = useState(true)
  const [speed, setSpeed] = useState(1)
  const [trouble, setTrouble] = useState<string>()
  const [chosen, setChosen] = useState<Span>()
  const notesMs = useMemo(() => call.notes.map(({ atMs: ms }) => ms), [call.notes])
  const wave = useRef<WaveformHandle>(null)
  const lanes = useRef<TimelineHandle>(null)
  const note = useRef<HTMLInputElement>(null)

  useEffect(() => position.follow(ms => setAt(lastUntil(said, ms))), [position, said])

  const seek = useCallback(
    (ms: number): void => {
      const to = Math.min(timeline.endMs, Math.max(0, ms))
      const of = call.attempts.findLast(({ startMs }) => startMs <= to)
      if (of && of.attempt !== attempt.attempt) {
        position.set(to)
        setAttempt(of)
      } else wave.current?.seek(to)
    },
    [call.attempts, attempt, timeline, position],
  )
  // Where the address points, once.
  const first = useRef(atMs)
  useEffect(() => {
    if (first.current !== undefined) seek(first.current)
    first.current = undefined
  }, [seek])
  const turn = (step: 1 | -1): void => {
    const to = said[Math.min(said.length - 1, Math.max(0, at + step))]
    if (to) seek(to.fromMs)
  }
  const setPace = (next: number): void => {
    setSpeed(next)
    wave.current?.setSpeed(next)
  }
  const choose = (span: Span | undefined, ms: number): void => {
    setChosen(span)
    seek(ms)
  }
  const toggle = (): void => wave.current?.toggle()
  const zoom = (factor: number): void => wave.current?.zoom(factor)
  useCallKeys({ toggle, turn, zoom, seekBy: ms => seek(position.ms + ms), note: () => note.current?.focus() })

  const ends = call.attempts.find(({ startMs }) => startMs > attempt.startMs)?.startMs ?? timeline.endMs
  const now = said[at]
  const fromMs = at === 0 ? 0 : Math.max(0, (now?.fromMs ?? 0) - BEFORE_MS)
  const nextMs = (said[at + 1]?.fromMs ?? timeline.endMs + BEFORE_MS + 1) - BEFORE_MS
  // The end of a turn that was talked over lies in the next one.
  const toMs = Math.max(nextMs, (now?.toMs ?? 0) + 1)
  return (
    <div className="listening">
      <section className="sound" aria-label="Sound and timeline">
        <Transport
          {...{ timeline, position, cost, isPlaying, speed, canPlay: attempt.audio }}
          {...{ onToggle: toggle, onSpeed: setPace, onTurn: turn, onSeek: seek, onZoom: zoom }}
        />
        {call.attempts.length > 1 && (
          <p className="choices">
            {call.attempts.map(one => (
              <button
                key={one.attempt}
                type="button"
                aria-pressed={one.attempt === attempt.attempt}
                onClick={() => seek(one.startMs)}
              >
                Part {one.attempt}
              </button>
            ))}
          </p>
        )}
        {trouble !== undefined && (
          <p role="status" className="notice">
            {trouble}
          </p>
        )}
        <Waveform
          {...{ callId: call.callId, attempt, lengthMs: ends - attempt.startMs, position, handle: wave }}
          {...{ onView: view => lanes.current?.show(view), onPlaying: setPlaying, onTrouble: setTrouble }}
        />
        <TimelineCanvas {...{ timeline, position, handle: lanes, notesMs, chosen, onChoose: choose }} />
        {chosen && (
          <div className="card chosen" role="status">
            <strong>{chosen.label || 'Chosen'}</strong>
            {chosen.count > 1 ? (
              <p className="quiet">{chosen.count} together. Look closer to tell them apart.</p>
            ) : (
              <Facts span={chosen} />
            )}
          </div>
        )}
        <p className="quiet keys">
          <kbd>Space</kbd> play · <kbd>j</kbd> <kbd>k</kbd> next turn and the one before · <kbd>←</kbd> <kbd>→</kbd> 5
          s, with <kbd>Shift</kbd> 1 s · <kbd>+</kbd> <kbd>−</kbd> closer and wider · <kbd>n</kbd> note
        </p>
      </section>
      <section className="said" aria-labelledby="said-title">
        <div className="title-row">
          <h2 id="said-title">What was said</h2>
          <label className="check">
            <input type="checkbox" checked={isFollowing} onChange={({ target }) => setFollowing(target.checked)} />
            Follow the sound
          </label>
        </div>
        <Transcript {...{ said, at, position, isFollowing, onGo: seek }} />
        <p className="quiet">
          <s>Struck through</s>: the caller never heard it.
        </p>
      </section>
      <div className="below">
        <TurnTable {...{ timeline, fromMs, toMs, chosen, onChoose: choose }} />
        <Notes {...{ callId: call.callId, notes: call.notes, position, box: note, onChange: onNotes, onGo: seek }} />
        {after}
      </div>
    </div>
  )
}
