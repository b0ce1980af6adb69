import type { Sample } from './samples.ts'
import { mb } from './verdict.ts'

const WIDTH = 900
const HEIGHT = 180
const LEFT = 70
const TOP = 26

/** Draws memory, heap, calls, descriptors and listeners over the time of a soak, one below the other. */
export function plotOf(samples: readonly Sample[], title: string): string {
  const rows: readonly (readonly [string, (one: Sample) => number, (value: number) => string])[] = [
    ['memory of the process (RSS), MB', one => one.residentBytes, mb],
    ['its part that no file is behind, MB', one => one.ownBytes, mb],
    ['heap in use, MB', one => one.heapBytes, mb],
    ['calls', one => one.calls, String],
    ['sockets', one => one.sockets, String],
    ['listeners', one => one.listeners, String],
  ]
  const lastS = Math.max(1, ...samples.map(({ atS }) => atS))
  const drawn = rows.map(([name, of, said], nth) => {
    const values = samples.map(of)
    const [least, most] = [Math.min(...values), Math.max(...values)]
    const y = (value: number): number => TOP + (HEIGHT - TOP) * (1 - (value - least) / Math.max(1, most - least))
    const points = samples.map(one => `${(LEFT + (one.atS / lastS) * WIDTH).toFixed(1)},${y(of(one)).toFixed(1)}`)
    return `<g transform="translate(0 ${30 + nth * (HEIGHT + 20)})">
<text x="${LEFT}" y="14">${name}</text>
<text x="${LEFT - 6}" y="${TOP + 6}" text-anchor="end">${said(most)}</text>
<text x="${LEFT - 6}" y="${HEIGHT}" text-anchor="end">${said(least)}</text>
<rect x="${LEFT}" y="${TOP}" width="${WIDTH}" height="${HEIGHT - TOP}" fill="none" stroke="#ccc"/>
<polyline points="${points.join(' ')}" fill="none" stroke="#06c" stroke-width="1.5"/>
</g>`
  })
  const height = 40 + rows.length * (HEIGHT + 20)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 20}" height="${height}" font-family="sans-serif" font-size="12">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="20" font-weight="bold">${title}: ${(lastS / 60).toFixed(1)} minutes</text>
${drawn.join('\n')}
</svg>
`
}
