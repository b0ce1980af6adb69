import { FIGURES } from './continental-figures.ts'
import { fractionsInFigures } from './fractions-in-figures.ts'

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

const signsOf = (units: Units['units']): string =>
  Object.keys(units)
    .toSorted((a, b) => b.length - a.length)
    .map(sign => sign.replaceAll('.', '\\.'))
    .join('|')

/** Puts the units behind fractions in full, and leaves the fractions in figures: "1/4 litro", "2 1/2 kilos". */
export function partsOfUnitsBy({ units }: Units): (text: string) => string {
  const parts = new RegExp(
    `(?<![\\w.,])((?:\\d{1,4} )?\\d{1,4}/\\d{1,4})(?:-| {0,2})(${signsOf(units)})(?![\\p{L}\\p{N}²³/]|[.'’]\\p{L})`,
    'gu',
  )
  return text =>
    fractionsInFigures(text).replace(parts, (whole, fraction: string, sign: string) => {
      const unit = units[sign]
      if (!unit || /^[%‰°]/.test(sign)) return whole
      // The word for one is said with the fraction: "medio kilo".
      return `${fraction} ${fraction.includes(' ') ? unit[1] : unit[0].replace(/^\S+ /, '')}`
    })
}

/** Puts numbers with units into words, "5 Kilometer", and the units of rates: "pro Stunde". Numbers stay in figures. */
export function unitsBy({ units, per, each }: Units): (text: string) => string {
  const rates = Object.keys(each).join('|')
  const withUnit = new RegExp(
    `(?<![\\p{L}\\d.,])(${FIGURES})[ \\u00a0-]?(${signsOf(units)})(?![\\p{L}\\p{N}²³]|/(?!(?:${rates})(?!\\p{L}))|[.'’]\\p{L})(\\.(?= \\p{Ll}))?`,
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
