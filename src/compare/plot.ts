/** A bar of a plot: from 0 to `value`, and a mark at `high`. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly high?: number
  /** Stand-ins and vendors are told apart by their colours. */
  readonly kind: 'vendor' | 'stand-in' | 'local'
}
export interface Chart {
  readonly title: string
  readonly unit: string
  readonly bars: readonly Bar[]
}

const WIDTH = 720
const LABEL = 170
const ROW = 24
const HEAD = 44
const COLOURS = { vendor: '#1b6ac9', 'stand-in': '#9aa5b1', local: '#2e8b57' } as const

/** Bar charts, one below the other, as an SVG. */
export function plotted(charts: readonly Chart[]): string {
  let y = 0
  const parts = charts.flatMap(chart => {
    const top = y
    y += HEAD + chart.bars.length * ROW + 12
    return drawn(chart, top)
  })
  const size = `width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}"`
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="13">`
  return `${[head, `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`, ...parts, '</svg>'].join('\n')}\n`
}

function drawn({ title, unit, bars }: Chart, top: number): readonly string[] {
  const most = Math.max(1e-9, ...bars.flatMap(({ value, high = 0 }) => [value, high]).filter(Number.isFinite))
  const x = (value: number): number => LABEL + ((WIDTH - LABEL - 90) * value) / most
  return [
    `<text x="8" y="${top + 24}" font-weight="bold">${escaped(title)}</text>`,
    ...bars.flatMap(({ label, value, high, kind }, i) => {
      const y = top + HEAD + i * ROW
      const name = `<text x="${LABEL - 8}" y="${y + 13}" text-anchor="end">${escaped(label)}</text>`
      if (!Number.isFinite(value)) return [name, `<text x="${LABEL}" y="${y + 13}">none</text>`]
      const end = Math.max(x(value), x(high ?? 0))
      const width = (x(value) - LABEL).toFixed(1)
      return [
        name,
        `<rect x="${LABEL}" y="${y}" width="${width}" height="16" fill="${COLOURS[kind]}"/>`,
        ...(high === undefined
          ? []
          : [`<rect x="${x(high).toFixed(1)}" y="${y}" width="2" height="16" fill="#222222"/>`]),
        `<text x="${(end + 6).toFixed(1)}" y="${y + 13}">${escaped(`${rounded(value)} ${unit}`)}</text>`,
      ]
    }),
  ]
}

const rounded = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(2))
const escaped = (text: string): string => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`)
