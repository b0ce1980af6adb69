import { PRICE_LIST, PRICES_OF } from '../costs/prices.ts'
import { type By, type Sum, type Sums, vendorsOf } from './sums.ts'

const usd = (amount: number): string => amount.toFixed(amount !== 0 && Math.abs(amount) < 1 ? 4 : 2)
const cents = (sum: number, minutes: number): string => `${minutes > 0 ? ((sum / minutes) * 100).toFixed(2) : '0.00'} ¢`
const percent = (part: number, all: number): string => `${all > 0 ? ((part / all) * 100).toFixed(1) : '0.0'} %`
/** Secrets of spreadsheets: what begins so is taken for a formula. */
const cell = (text: string): string => {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The sums as CSV, with all columns, in USD. */
export function csvOf(sums: Sums, by: By): string {
  const vendors = vendorsOf(sums.all)
  const head = [by, 'calls', 'minutes', 'usd', 'listed_usd', ...vendors, 'drafts_wasted', 'speech_unheard']
  const rows = [...sums.rows(), sums.all].map(row => [
    ...[row.key, String(row.calls), row.minutes.toFixed(2), row.usd.toFixed(6), row.listedUsd.toFixed(6)],
    ...vendors.map(vendor => (row.byVendor.get(vendor) ?? 0).toFixed(6)),
    ...[row.draftsUsd.toFixed(6), row.unheardUsd.toFixed(6)],
  ])
  return [head, ...rows].map(row => `${row.map(cell).join(',')}\n`).join('')
}

/** The sums as a table for people, and what a minute was made of. `isOther`: at other prices than the list's. */
export function tableOf(sums: Sums, by: By, isOther: boolean): string {
  const { all } = sums
  if (all.calls === 0) return 'No call began in this time.\n'
  const vendors = by === 'provider' ? [] : vendorsOf(all).filter(vendor => (all.byVendor.get(vendor) ?? 0) > 0)
  const listed = isOther && by !== 'provider'
  const head = [
    ...[by, 'calls', 'minutes', 'USD', ...(listed ? ['as listed'] : []), 'a minute'],
    ...(by === 'provider' ? ['share'] : ['wasted']),
    ...vendors,
  ]
  const rowOf = (row: Sum): readonly string[] => [
    ...[row.key, String(row.calls), row.minutes.toFixed(1), usd(row.usd), ...(listed ? [usd(row.listedUsd)] : [])],
    cents(row.usd, row.minutes),
    by === 'provider' ? percent(row.usd, all.usd) : percent(row.draftsUsd + row.unheardUsd, row.usd),
    ...vendors.map(vendor => usd(row.byVendor.get(vendor) ?? 0)),
  ]
  return `${aligned([head, ...sums.rows().map(rowOf), rowOf(all)])}\n${minuteOf(all)}${notesOn(all, isOther)}`
}

function minuteOf({ usd: sum, minutes, byPart, draftsUsd, unheardUsd }: Sum): string {
  const parts = [...byPart].toSorted(([, one], [, other]) => other - one)
  const rows = parts.map(([part, partUsd]) => ['', part, cents(partUsd, minutes), percent(partUsd, sum)])
  return `A minute cost ${cents(sum, minutes)}, made of
${aligned(rows)}Of this was wasted: drafts that were thrown away ${percent(draftsUsd, sum)} (${usd(draftsUsd)} USD), speech that nobody heard ${percent(unheardUsd, sum)} (${usd(unheardUsd)} USD).
`
}

function notesOn({ byVendor, byPart }: Sum, isOther: boolean): string {
  const others = PRICE_LIST.filter(([what, price]) => price.secondHand && isIn(byPart, what))
  return [
    isOther ? `At other prices than the list's of ${PRICES_OF}.` : `At list prices of ${PRICES_OF}.`,
    ...others.map(([what, { readOn }]) => `The price of the ${what} is second hand, of ${readOn}.`),
    ...(byVendor.has('not known') ? ['Calls whose journals are deleted have the cost of when they ended.'] : []),
    ...([...byPart.keys()].some(part => part.includes('price is not known'))
      ? ['What has no known price is not in the sum: it is listed with 0.']
      : []),
  ]
    .map(line => `${line}\n`)
    .join('')
}

const isIn = (byPart: ReadonlyMap<string, number>, what: string): boolean =>
  [...byPart.keys()].some(part => part.startsWith(`${what} (`))

/** Columns side by side: the first to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const isText = (column: number): boolean => column === 0 || rows[0]?.[0] === ''
  const line = (row: readonly string[]): string =>
    row.map((text, i) => (isText(i) && i < 2 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join('  ')
  return rows.map(row => `${line(row).trimEnd()}\n`).join('')
}
