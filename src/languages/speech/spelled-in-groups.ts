/** Digits that are said one by one are said in groups of so many. */
const GROUP_DIGITS = 3
const LEAST_GROUPED = 7

/** The names of the digits one by one; seven digits and more in groups, with a pause between them. */
export function spelledInGroups(digits: string, names: readonly string[]): string {
  const said = (some: string): string => [...some].map(digit => names[Number(digit)]).join(' ')
  if (digits.length < LEAST_GROUPED) return said(digits)
  const groups: string[] = []
  for (let at = 0; at < digits.length; ) {
    const left = digits.length - at
    const size = left === GROUP_DIGITS + 1 ? left : Math.min(GROUP_DIGITS, left)
    groups.push(said(digits.slice(at, at + size)))
    at += size
  }
  return groups.join(', ')
}
