/** A test case. Without problems it passed; the first one is what a list of failures shows. */
export interface JUnitCase {
  readonly name: string
  readonly problems: readonly string[]
  readonly tookMs: number
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** Characters that XML 1.0 cannot hold. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(NOT_XML, '�')
    .replace(/[&<>"]/g, sign => ESCAPES[sign] ?? sign)

/** The results as a JUnit report, with a test case for each. `suite` names them all. */
export function junitOf(results: readonly JUnitCase[], suite = 'replay'): string {
  const seconds = (ms: number): string => (ms / 1_000).toFixed(3)
  const failed = results.filter(({ problems }) => problems.length > 0).length
  const all = seconds(results.reduce((sum, { tookMs }) => sum + tookMs, 0))
  const cases = results.map(({ name, problems, tookMs }) => {
    const head = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds(tookMs)}"`
    if (problems.length === 0) return `${head}/>`
    const [first = '', ...rest] = problems
    return `${head}>\n      <failure message="${escaped(first)}">${escaped([first, ...rest].join('\n'))}</failure>\n    </testcase>`
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${failed}" time="${all}">`,
    `  <testsuite name="${escaped(suite)}" tests="${results.length}" failures="${failed}" time="${all}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
