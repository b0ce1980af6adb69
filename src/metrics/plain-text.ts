/** ` # {call_id="CA1"} 0.4 1700000000.1` behind a sample. */
const EXEMPLAR = / # \{[^}]*\} \S+ \S+$/
const COUNTER = /^# TYPE (\S+) counter$/gm

/**
 * Prometheus' older text format of the same metrics, for who does not ask for OpenMetrics: it knows no exemplars, and
 * names a counter with its `_total` everywhere. The library cannot give both formats of one registry.
 */
export function plainText(openMetrics: string): string {
  const counters = new Set([...openMetrics.matchAll(COUNTER)].map(([, name]) => name))
  return openMetrics
    .split('\n')
    .filter(line => line !== '# EOF')
    .map(line => {
      const [mark, about, name = '', ...rest] = line.split(' ')
      if (mark === '#' && counters.has(name)) return [mark, about, `${name}_total`, ...rest].join(' ')
      return mark === '#' ? line : line.replace(EXEMPLAR, '')
    })
    .join('\n')
}
