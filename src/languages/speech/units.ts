import { FIGURES } from './continental-figures.ts'

/** One of a unit and many of it, with the number where it is one: "eine Stunde", "Stunden". */
export type UnitWords = readonly [one: string, many: string]

/** What units are called in a language. */
export interface Units {
  /** By their signs, as they are written, capitals and all. */
  readonly units: Readonly<Record<string, UnitWords>>
  readonly per: string
  /** What prices and rates are for, behind a stroke: "h" → "Stunde". */
  readonly each: Readonly<Record<string, string>>
}

const EACH = /(?<=[\p{L}\d)]) ?\/ ?(\p{L}{1,7})(?![\p{L}\p{N}/])/gu

/** Puts numbers with units into words, "5 Kilometer", and the units of rates: "pro Stunde". Numbers stay in figures. */
export function unitsBy({ units, per, each }: Units): (text: string) => string {
  const signs = Object.keys(units)
    .toSorted((a, b) => b.length - a.length)
    .map(sign => sign.replaceAll('.', '\\.'))
    .join('|')
  const withUnit = new RegExp(
    `(?<![\\p{L}\\d.,])(${FIGURES})[ \\u00a0-]?(${signs})(?![\\p{L}\\p{N}²³/]|[.'’]\\p{L})(\\.(?= \\p{Ll}))?`,
    'gu',
  )
  return text =>
    text
      .replace(withUnit, (whole, number: string, sign: string) => {
        const unit = units[sign]
        if (!unit) return whole
        return number === '1' ? unit[0] : `${number} ${unit[1]}`
      })
      .replace(EACH, (whole, sign: string) => (each[sign] === undefined ? whole : ` ${per} ${each[sign]}`))
}
