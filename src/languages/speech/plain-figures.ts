const LOW = '₀₁₂₃₄₅₆₇₈₉'
const HIGH: Readonly<Record<string, string>> = {
  ...{ '⁰': '0', '¹': '1', '²': '2', '³': '3', '⁴': '4', '⁵': '5', '⁶': '6', '⁷': '7', '⁸': '8', '⁹': '9' },
  ...{ '⁻': '-', '⁺': '' },
}
const LOWERED = /[₀-₉]/g
/** A single ² or ³ has a name of its own: "square meters". */
const RAISED = /(?<=[\p{L}\d)])(?:[⁻⁺]?[⁰¹²³⁴-⁹]{2,20}|[⁻⁺][⁰¹²³⁴-⁹]|[⁰¹⁴-⁹])/gu
/** "3.2e-5"; a capital E without a point or a sign may be a part of a name: "flat 3E4". */
const SCIENTIFIC =
  /(?<![\p{L}\d.,])(\d{1,15}(?:[.,]\d{1,15})?)(?:e([+-]?\d{1,3})|E([+-]\d{1,3}))(?![\p{L}\p{N}]|[.,]\d)/gu
/** Thin spaces stand between thousands and nowhere else. */
const THIN = /(?<=\d)[\u2009\u202f](?=\d{3}(?!\d))/g

/** Figures that are written in one way only in print: "H2O" for "H₂O", "10^-3", "3.2 × 10^-5", thousands with their sign. */
export const plainFigures = (text: string, thousands: ',' | '.'): string =>
  text
    .replace(LOWERED, low => String(LOW.indexOf(low)))
    .replace(RAISED, raised => `^${[...raised].map(sign => HIGH[sign] ?? '').join('')}`)
    .replace(THIN, thousands)
    .replace(SCIENTIFIC, (_, number: string, power?: string, signed?: string) => {
      return `${number} × 10^${(power ?? signed ?? '').replace('+', '')}`
    })
