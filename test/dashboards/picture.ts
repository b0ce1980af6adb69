import type { Board, Panel } from './boards.ts'
import { placesOf } from './grafana.ts'
import type { Series } from './prometheus.ts'

/** Seconds since 1970. */
export interface Span {
  readonly fromS: number
  readonly toS: number
}

/** A panel with what Prometheus answered. */
export interface ShownPanel {
  readonly panel: Panel
  readonly series: readonly Series[]
}

const COLUMN_PX = 60
const ROW_PX = 34
const MARGIN_PX = 10
const TITLE_PX = 26
const AXIS_PX = 60
const LEGEND_PX = 34
const COLOURS = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#37872d',
  '#fa6400',
  '#a352cc',
]
const STEPS: Readonly<Record<string, string>> = { good: '#73bf69', fair: '#f2cc0c', bad: '#f2495c', plain: '#ccccdc' }

/** A dashboard as Grafana would roughly lay it out, as a page of SVG: for people to look at. */
export function pictureOf(board: Board, shown: readonly ShownPanel[], span: Span): string {
  const places = placesOf(board)
  const height = Math.max(...places.map(({ y, h }) => y + h)) * ROW_PX + 60
  const panels = shown.map(({ panel, series }, i) => {
    const { x = 0, y = 0, w = 0, h = 0 } = places[i] ?? {}
    const size = { width: w * COLUMN_PX - MARGIN_PX, height: h * ROW_PX - MARGIN_PX }
    const inner = panel.kind === 'stat' ? stat(panel, series, size) : chart(panel, series, size, span)
    return `<g transform="translate(${x * COLUMN_PX + MARGIN_PX},${y * ROW_PX + 50})"><rect width="${size.width}" height="${size.height}" fill="#181b1f" stroke="#2c3235"/>
<text x="8" y="18" fill="#ccccdc" font-size="13" font-weight="600">${escaped(panel.title)}</text>${inner}</g>`
  })
  const width = 24 * COLUMN_PX + 2 * MARGIN_PX
  return `<!doctype html><meta charset="utf-8"><title>${escaped(board.title)}</title><body style="margin:0;background:#111217">
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter,Helvetica,sans-serif">
<text x="12" y="32" fill="#fff" font-size="20">${escaped(board.title)}</text>
${panels.join('\n')}</svg></body>`
}

interface Size {
  readonly width: number
  readonly height: number
}

function stat(panel: Panel, series: readonly Series[], { width, height }: Size): string {
  const value = series[0]?.points.findLast(([, one]) => Number.isFinite(one))?.[1] ?? Number.NaN
  return `<text x="${width / 2}" y="${height / 2 + 28}" text-anchor="middle" font-size="40" fill="${colourOf(panel, value)}">${said(value, panel)}</text>`
}

function colourOf({ bounds }: Panel, value: number): string | undefined {
  if (!bounds) return STEPS.plain
  const [yellow, red] = bounds
  const [isFair, isBad] = red > yellow ? [value >= yellow, value >= red] : [value < yellow, value < red]
  return isBad ? STEPS.bad : isFair ? STEPS.fair : STEPS.good
}

function chart(panel: Panel, series: readonly Series[], { width, height }: Size, { fromS, toS }: Span): string {
  const isStacked = panel.kind !== 'lines'
  const times = [...new Set(series.flatMap(({ points }) => points.map(([seconds]) => seconds)))].toSorted(
    (a, b) => a - b,
  )
  const rows = series.map(({ points }) => {
    const at = new Map(points)
    return times.map(time => at.get(time) ?? Number.NaN)
  })
  const below = times.map(() => 0)
  const drawn = rows.map(values =>
    values.map((value, i) => {
      if (!isStacked || !Number.isFinite(value)) return [0, value] as const
      const from = below[i] ?? 0
      below[i] = from + value
      return [from, from + value] as const
    }),
  )
  const most = Math.max(1e-9, ...drawn.flat().flatMap(([, to]) => (Number.isFinite(to) ? [to] : [])))
  const plot = { w: width - AXIS_PX - 12, h: height - TITLE_PX - LEGEND_PX - 14 }
  const xOf = (i: number): number => AXIS_PX + (((times[i] ?? fromS) - fromS) / (toS - fromS)) * plot.w
  const yOf = (value: number): number => TITLE_PX + 8 + plot.h * (1 - value / most)
  const axis = [0, 0.5, 1].map(
    share =>
      `<line x1="${AXIS_PX}" x2="${AXIS_PX + plot.w}" y1="${yOf(most * share)}" y2="${yOf(most * share)}" stroke="#2c3235"/><text x="${AXIS_PX - 6}" y="${yOf(most * share) + 4}" text-anchor="end" font-size="11" fill="#8e8e9b">${said(most * share, panel)}</text>`,
  )
  const lines = drawn.map((values, row) => {
    const colour = seriesColour(series[row]?.labels.legend ?? '', row)
    if (panel.kind === 'bars') {
      const stepS = Math.min(30, ...times.slice(1).map((time, i) => time - (times[i] ?? 0)))
      const wide = Math.max(1, (stepS / (toS - fromS)) * plot.w - 1)
      return values
        .map(([from, to], i) =>
          to > from
            ? `<rect x="${Math.max(AXIS_PX, xOf(i) - wide)}" y="${yOf(to)}" width="${wide}" height="${yOf(from) - yOf(to)}" fill="${colour}"/>`
            : '',
        )
        .join('')
    }
    const points = values.flatMap(([, to], i) =>
      Number.isFinite(to) ? [`${xOf(i).toFixed(1)},${yOf(to).toFixed(1)}`] : [],
    )
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`
  })
  const legend = series.map(
    ({ labels }, row) =>
      `<tspan fill="${seriesColour(labels.legend ?? '', row)}">● ${escaped(labels.legend ?? '')}   </tspan>`,
  )
  return `${axis.join('')}${lines.join('')}<text x="10" y="${height - 12}" font-size="11" xml:space="preserve">${legend.slice(0, 9).join('')}</text>`
}

function said(value: number, { unit, decimals }: Panel): string {
  if (!Number.isFinite(value)) return 'No data'
  const short = (one: number, digits = 2): string => Number(one.toPrecision(digits + 1)).toString()
  switch (unit) {
    case 's':
      return value < 1 && decimals === undefined ? `${short(value * 1_000)} ms` : `${value.toFixed(decimals ?? 2)} s`
    case 'percentunit':
      return `${(value * 100).toFixed(decimals ?? 1)} %`
    case 'currencyUSD':
      return `$${value.toFixed(decimals ?? 2)}`
    case 'bytes':
      return `${short(value / 1e6)} MB`
    case 'short':
    case 'none':
      return decimals === undefined ? short(value) : value.toFixed(decimals)
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** As the overrides of the dashboards have it. */
function seriesColour(legend: string, row: number): string | undefined {
  if (/^(failed|killed|wasted|unheard|full|lines|recording)$| failed$/.test(legend)) return STEPS.bad
  if (/^(goodbye|used)$/.test(legend)) return STEPS.good
  return COLOURS[(row + 1) % COLOURS.length]
}
