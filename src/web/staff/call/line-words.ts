import { brief, counted } from '../frame/say.ts'

/** The classes of ITU-T G.107, annex B: the least opinion score of each, and what callers are then. */
const OPINIONS = [
  [4.03, 'good'],
  [3.6, 'fair'],
  [3.1, 'poor'],
] as const
const LEAST_FAIR = 3.6

export const isBadLine = (mos: number): boolean => mos < LEAST_FAIR

/** Such as `line good, MOS 4.4`. */
export const opinionOf = (mos: number): string =>
  `line ${OPINIONS.find(([least]) => mos >= least)?.[1] ?? 'bad'}, MOS ${mos.toFixed(1)}`

const percent = (share: number): string =>
  `${share.toLocaleString('en', { maximumFractionDigits: share < 1 ? 2 : 1 })} %`
const WHO: Readonly<Record<string, string>> = { caller: 'Caller', agent: 'Agent' }

/** What the journal notes of the line, in a sentence for each leg of each stream. What is not known is left out. */
export const lineInWords = (legs: readonly Readonly<Record<string, unknown>>[]): string =>
  legs.map(legInWords).join(' ')

function legInWords(leg: Readonly<Record<string, unknown>>): string {
  const number = (name: string): number | undefined => {
    const value = leg[name]
    return typeof value === 'number' ? value : undefined
  }
  const [loss, gaps, longestMs] = [number('lossPercent'), number('gaps') ?? 0, number('longestGapMs') ?? 0]
  const [jitterMs, roundTripMs] = [number('jitterMs'), number('roundTripMs')]
  const [levelDb, clipped] = [number('levelDb'), number('clippedPercent') ?? 0]
  const parts = [
    levelDb === undefined ? 'no sound' : `${levelDb.toFixed(0).replace('-', '−')} dB`,
    ...(clipped > 0 ? [`${percent(clipped)} clipped`] : []),
    ...(loss === undefined ? [] : [loss === 0 ? 'nothing lost' : `${percent(loss)} lost`]),
    ...(gaps > 0 ? [`${counted(gaps, 'gap')}, the longest ${brief(longestMs)}`] : []),
    ...(jitterMs === undefined ? [] : [`jitter ${brief(jitterMs)}`]),
    ...(roundTripMs === undefined ? [] : [`round trip ${brief(roundTripMs)}`]),
  ]
  return `${WHO[String(leg.leg)] ?? 'Line'}: ${parts.join(', ')}.`
}
