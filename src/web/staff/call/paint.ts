import { clock } from '../frame/say.ts'
import { LANE_NAMES, LANES, type LaneName, type Span } from '../timeline/lane.ts'
import type { Timeline } from '../timeline/timeline.ts'

/** What of the call is in view, in ms of the call. */
export interface View {
  readonly fromMs: number
  readonly toMs: number
  /** In a call that goes on: what lasts is drawn until now. */
  readonly nowMs?: number
  /** Moments on which somebody wrote a note. */
  readonly notesMs?: readonly number[]
}

/** Heights in CSS pixels. */
const AXIS = 20
const ROW = 30
const NAME = 13
const BAR = 14
export const TIMELINE_HEIGHT = AXIS + ROW * LANE_NAMES.length

/** Colours by the names of the page's own. */
export type Inks = Readonly<Record<string, string>>
export const INK_NAMES = [
  '--ink',
  '--soft',
  '--line',
  '--card',
  '--caller',
  '--agent',
  '--wait',
  '--model',
  '--tool',
  '--bad',
] as const

/** What each kind of span is drawn in. Kinds that differ in meaning differ in shape or words too. */
const INK_OF: Readonly<Record<string, string>> = {
  ...{ voiced: '--caller', interim: '--soft', final: '--caller' },
  ...{
    listening: '--line',
    hearing: '--caller',
    settling: '--wait',
    replying: '--agent',
    yielding: '--bad',
    ended: '--ink',
  },
  ...{ waiting: '--wait', over: '--wait', changed: '--soft', broken: '--caller' },
  ...{ judging: '--wait', interruption: '--bad', 'no-interruption': '--soft' },
  ...{ drafting: '--model', used: '--model', wasted: '--soft' },
  ...{ model: '--model', voice: '--agent', heard: '--agent', cut: '--bad', mark: '--agent' },
  ...{ running: '--tool', done: '--tool', asked: '--wait', failed: '--bad', error: '--bad', note: '--soft' },
}
/** Drawn as an outline: it came to nothing. */
const HOLLOW = new Set(['wasted', 'changed', 'no-interruption', 'interim'])
const LEAST_PX = 3
const MOST_STEPS = 12
const STEPS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000]

/** Draws what is in view. Its work is bounded by the pixels, whatever the length of the call. */
export function paint(
  ink: CanvasRenderingContext2D,
  width: number,
  timeline: Timeline,
  view: View,
  inks: Inks,
  at: Span | undefined,
): void {
  const msPerPx = (view.toMs - view.fromMs) / width
  if (!(msPerPx > 0)) return
  const x = (ms: number): number => (ms - view.fromMs) / msPerPx
  ink.clearRect(0, 0, width, TIMELINE_HEIGHT)
  ink.textBaseline = 'middle'
  paintAxis(ink, width, view, x, inks)
  for (const ms of view.notesMs ?? []) paintNote(ink, x(ms), inks)
  LANE_NAMES.forEach((name, row) => {
    const top = AXIS + row * ROW
    ink.fillStyle = inks['--line'] ?? ''
    ink.fillRect(0, top, width, 1)
    for (const span of timeline.lanes[name].visible(view.fromMs, view.toMs, msPerPx))
      paintSpan(ink, span, {
        x,
        nowMs: view.nowMs ?? view.toMs,
        width,
        top: top + NAME + 1,
        inks,
        isChosen: at === span,
      })
    ink.font = '600 10px system-ui, sans-serif'
    ink.fillStyle = inks['--soft'] ?? ''
    ink.fillText(LANES[name], 4, top + NAME / 2 + 1)
  })
}

interface Place {
  readonly nowMs: number
  readonly x: (ms: number) => number
  readonly width: number
  readonly top: number
  readonly inks: Inks
  readonly isChosen: boolean
}

function paintSpan(ink: CanvasRenderingContext2D, span: Span, { x, nowMs, width, top, inks, isChosen }: Place): void {
  const left = Math.max(-2, x(span.fromMs))
  const right = Math.min(width + 2, Math.max(left + LEAST_PX, x(Math.min(span.toMs, nowMs))))
  const colour = inks[INK_OF[span.kind] ?? '--soft'] ?? ''
  if (HOLLOW.has(span.kind)) {
    ink.strokeStyle = colour
    ink.lineWidth = 1
    ink.strokeRect(left + 0.5, top + 0.5, Math.max(1, right - left - 1), BAR - 1)
  } else {
    ink.fillStyle = colour
    ink.globalAlpha = span.kind === 'listening' ? 1 : 0.85
    ink.fillRect(left, top, right - left, BAR)
    ink.globalAlpha = 1
  }
  if (isChosen) {
    ink.strokeStyle = inks['--ink'] ?? ''
    ink.lineWidth = 2
    ink.strokeRect(left - 1, top - 1, right - left + 2, BAR + 2)
  }
  // A word or two fit; a cut text would only be noise.
  const room = right - left - 6
  if (span.label === '' || room < 24) return
  ink.font = '11px system-ui, sans-serif'
  const text = fitting(span.label, room)
  ink.fillStyle = HOLLOW.has(span.kind) || span.kind === 'listening' ? (inks['--ink'] ?? '') : (inks['--card'] ?? '')
  if (text !== '') ink.fillText(text, left + 3, top + BAR / 2 + 1)
}

/** Roughly: measuring each text would take longer than drawing it. */
const LETTER_PX = 5.6
function fitting(label: string, room: number): string {
  const letters = Math.floor(room / LETTER_PX)
  if (label.length <= letters) return label
  return letters < 4 ? '' : `${label.slice(0, letters - 1)}…`
}

function paintAxis(
  ink: CanvasRenderingContext2D,
  width: number,
  view: View,
  x: (ms: number) => number,
  inks: Inks,
): void {
  const most = Math.min(MOST_STEPS, Math.max(2, width / 80))
  const step = STEPS_MS.find(ms => (view.toMs - view.fromMs) / ms <= most) ?? 3_600_000
  ink.font = '10px system-ui, sans-serif'
  for (let ms = Math.ceil(view.fromMs / step) * step; ms <= view.toMs; ms += step) {
    ink.fillStyle = inks['--line'] ?? ''
    ink.fillRect(Math.round(x(ms)), 0, 1, TIMELINE_HEIGHT)
    ink.fillStyle = inks['--soft'] ?? ''
    ink.fillText(step < 1_000 ? `${clock(ms)}.${Math.floor((ms % 1_000) / 100)}` : clock(ms), x(ms) + 3, AXIS / 2)
  }
}

/** A flag at the axis. */
function paintNote(ink: CanvasRenderingContext2D, x: number, inks: Inks): void {
  ink.fillStyle = inks['--wait'] ?? ''
  ink.fillRect(x - 1, 0, 2, AXIS)
  ink.beginPath()
  ink.moveTo(x, 0)
  ink.lineTo(x + 10, 4)
  ink.lineTo(x, 8)
  ink.fill()
}

/** The lane at this height of the canvas. */
export const laneAt = (y: number): LaneName | undefined => LANE_NAMES[Math.floor((y - AXIS) / ROW)]
