import { type MouseEvent, type RefObject, useEffect, useImperativeHandle, useRef } from 'react'
import { clock } from '../frame/say.ts'
import type { Span } from '../timeline/lane.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { INK_NAMES, type Inks, laneAt, paint, TIMELINE_HEIGHT, type View } from './paint.ts'
import type { Position } from './position.ts'

export interface TimelineHandle {
  /** Shows another stretch of the call. */
  show(view: View): void
  /** Draws again: lines have come. */
  again(): void
}

interface TimelineCanvasProps {
  readonly timeline: Timeline
  readonly position: Position
  readonly handle: RefObject<TimelineHandle | null>
  readonly notesMs?: readonly number[]
  readonly chosen: Span | undefined
  readonly onChoose: (span: Span | undefined, atMs: number) => void
}

/** A pointer is not exact. */
const NEAR_PX = 4

/** The lanes on one axis. Screen readers get the same from the table of the turn. */
export function TimelineCanvas({ timeline, position, handle, notesMs, chosen, onChoose }: TimelineCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const cursor = useRef<HTMLDivElement>(null)
  const view = useRef<View>({ fromMs: 0, toMs: 0 })
  const drawn = useRef<{ again: () => void; move: () => void }>({ again: () => undefined, move: () => undefined })
  const at = useRef(chosen)
  at.current = chosen
  const notes = useRef(notesMs)
  notes.current = notesMs

  useEffect(() => {
    const element = canvas.current
    const ink = element?.getContext('2d')
    if (!element || !ink) return undefined
    let frame = 0
    let inks = inksOf(element)
    // Known, not asked: asking lays out the page, in each frame in which anything else on it has changed.
    let width = element.clientWidth
    const draw = (): void => {
      frame = 0
      const ratio = window.devicePixelRatio
      const [wide, high] = [Math.round(width * ratio), Math.round(TIMELINE_HEIGHT * ratio)]
      if (element.width !== wide || element.height !== high) {
        element.width = wide
        element.height = high
      }
      ink.setTransform(ratio, 0, 0, ratio, 0, 0)
      paint(ink, width, timeline, { ...view.current, notesMs: notes.current }, inks, at.current)
      move()
    }
    const again = (): void => {
      if (frame === 0) frame = requestAnimationFrame(draw)
    }
    const move = (): void => {
      const { fromMs, toMs } = view.current
      const share = (position.ms - fromMs) / (toMs - fromMs)
      if (!cursor.current) return
      cursor.current.hidden = !(share >= 0 && share <= 1)
      cursor.current.style.transform = `translateX(${share * width}px)`
    }
    drawn.current = { again, move }
    const recolour = (): void => {
      inks = inksOf(element)
      again()
    }
    const dark = matchMedia('(prefers-color-scheme: dark)')
    dark.addEventListener('change', recolour)
    const sized = new ResizeObserver(() => {
      width = element.clientWidth
      again()
    })
    sized.observe(element)
    const unfollow = position.follow(move)
    again()
    return () => {
      dark.removeEventListener('change', recolour)
      sized.disconnect()
      unfollow()
      cancelAnimationFrame(frame)
    }
  }, [timeline, position])

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is chosen and noted is drawn.
  useEffect(() => drawn.current.again(), [chosen, notesMs])
  useImperativeHandle(handle, () => ({
    show(next) {
      view.current = next
      canvas.current?.setAttribute('aria-label', labelOf(next))
      drawn.current.again()
    },
    again: () => drawn.current.again(),
  }))

  const spanAt = (event: MouseEvent<HTMLCanvasElement>): readonly [Span | undefined, number] => {
    const box = event.currentTarget.getBoundingClientRect()
    const { fromMs, toMs } = view.current
    const msPerPx = (toMs - fromMs) / box.width
    const atMs = fromMs + (event.clientX - box.left) * msPerPx
    const lane = laneAt(event.clientY - box.top)
    if (lane === undefined) return [undefined, atMs]
    const near = timeline.lanes[lane].between(atMs - NEAR_PX * msPerPx, atMs + NEAR_PX * msPerPx)
    return [near.findLast(({ fromMs: from }) => from <= atMs) ?? near[0], atMs]
  }
  return (
    <div className="timeline">
      {/* Clicks are a shortcut for the pointer: every span is in the table of its turn, too. */}
      <canvas
        ref={canvas}
        role="img"
        aria-label="The timeline of the call"
        onClick={event => onChoose(...spanAt(event))}
        onMouseMove={event => {
          const [span] = spanAt(event)
          event.currentTarget.title = span?.label ?? ''
        }}
      />
      <div ref={cursor} className="cursor" hidden />
    </div>
  )
}

const labelOf = ({ fromMs, toMs }: View): string =>
  `The timeline of the call from ${clock(fromMs)} to ${clock(toMs)}. The table of the turn says the same in words.`

function inksOf(element: Element): Inks {
  const style = getComputedStyle(element)
  return Object.fromEntries(INK_NAMES.map(name => [name, style.getPropertyValue(name).trim()]))
}
