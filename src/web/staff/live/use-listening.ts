import { useCallback, useEffect, useRef, useState } from 'react'
import { Timeline } from '../timeline/timeline.ts'
import type { Said } from '../timeline/transcript.ts'
import { listen } from './listen.ts'
import { PcmPlayer } from './pcm-player.ts'

export type LiveState = 'opening' | 'live' | 'over' | 'lost'
export interface Live {
  readonly state: LiveState
  readonly timeline: Timeline
  readonly said: readonly Said[]
  readonly isSounding: boolean
  readonly setSound: (isOn: boolean) => void
  /** The moment of the call that it is now, in ms. */
  readonly nowMs: () => number
}

/** What is said is shown so often at most: lines come by the hundred. */
const SHOWN_EVERY_MS = 200

/** One call as it happens: its sound, and its timeline that grows. */
export function useListening(callId: string): Live {
  const [timeline] = useState(() => new Timeline())
  const [state, setState] = useState<LiveState>('opening')
  const [said, setSaid] = useState<readonly Said[]>([])
  const [isSounding, setSounding] = useState(false)
  const player = useRef<PcmPlayer>(undefined)
  const wanted = useRef(true)
  const lastLine = useRef(0)

  useEffect(() => {
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (): void => {
      timer = undefined
      setSaid([...timeline.transcript.said].sort((a, b) => a.fromMs - b.fromMs))
    }
    listen(
      callId,
      {
        onState: setState,
        onRate(rateHz) {
          player.current?.close()
          const made = new PcmPlayer(rateHz)
          player.current = made
          if (wanted.current) void made.setOn(true).then(setSounding)
        },
        onLine(line) {
          timeline.take(line)
          lastLine.current = performance.now()
          timer ??= setTimeout(show, SHOWN_EVERY_MS)
        },
        onSound: pcm => player.current?.take(pcm),
      },
      left.signal,
    )
      .then(end => {
        if (left.signal.aborted) return
        timeline.close()
        show()
        setState(end)
      })
      .catch(() => undefined)
    return () => {
      left.abort()
      clearTimeout(timer)
      player.current?.close()
      player.current = undefined
    }
  }, [callId, timeline])

  const setSound = useCallback((isOn: boolean) => {
    wanted.current = isOn
    void player.current?.setOn(isOn).then(setSounding)
  }, [])
  const isOver = state === 'over' || state === 'lost'
  const nowMs = useCallback(
    () => timeline.endMs + (isOver || lastLine.current === 0 ? 0 : performance.now() - lastLine.current),
    [timeline, isOver],
  )
  return { state, timeline, said, isSounding, setSound, nowMs }
}
