import { useCallback, useEffect, useRef, useState } from 'react'
import { Timeline } from '../timeline/timeline.ts'
import type { Said } from '../timeline/transcript.ts'
import { listen } from './listen.ts'
import { PcmPlayer } from './pcm-player.ts'

export type LiveState = 'opening' | 'live' | 'over' | 'lost'
/** `none`: the call is not recorded, so nobody hears it here either. */
export type Sounding = 'on' | 'off' | 'none'
export interface Live {
  readonly state: LiveState
  readonly timeline: Timeline
  readonly said: readonly Said[]
  readonly sounding: Sounding
  readonly setSound: (isOn: boolean) => void
  /** The moment of the call that it is now, in ms. */
  readonly nowMs: () => number
}

/** What is said is shown so often at most: lines come by the hundred. */
const SHOWN_EVERY_MS = 200

/** One call as it happens: its sound, and its timeline that grows. */
export function useListening(callId: string, onOut: () => void): Live {
  const [timeline] = useState(() => new Timeline())
  const [state, setState] = useState<LiveState>('opening')
  const [said, setSaid] = useState<readonly Said[]>([])
  const [sounding, setSounding] = useState<Sounding>('off')
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
        onRate(rateHz, hasSound) {
          player.current?.close()
          player.current = undefined
          if (!hasSound) return setSounding('none')
          const made = new PcmPlayer(rateHz)
          player.current = made
          if (wanted.current) void made.setOn(true).then(isOn => setSounding(isOn ? 'on' : 'off'))
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
        if (end === 'out') onOut()
        else setState(end)
      })
      .catch(() => undefined)
    return () => {
      left.abort()
      clearTimeout(timer)
      player.current?.close()
      player.current = undefined
    }
  }, [callId, timeline, onOut])

  const setSound = useCallback((isOn: boolean) => {
    wanted.current = isOn
    void player.current?.setOn(isOn).then(isNow => setSounding(isNow ? 'on' : 'off'))
  }, [])
  const isOver = state === 'over' || state === 'lost'
  const nowMs = useCallback(
    () => timeline.endMs + (isOver || lastLine.current === 0 ? 0 : performance.now() - lastLine.current),
    [timeline, isOver],
  )
  return { state, timeline, said, sounding, setSound, nowMs }
}
