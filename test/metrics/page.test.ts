import { expect, test } from 'vitest'
import type { LabelValues } from '../../src/metrics/label-values.ts'
import { METRICS } from '../../src/metrics/table.ts'

const NAMED: Readonly<Record<string, string>> = {
  agents: 'the agent of `AGENT`',
  models: 'the models of the settings',
  tools: 'the tools of the agent, 64 at most',
}
const valuesOf = (values: LabelValues): string =>
  typeof values === 'string' ? (NAMED[values] ?? values) : values.map(value => `\`${value}\``).join(' ')

test('docs/metrics.md has every metric and every value of its labels (-u writes it again)', async () => {
  const rows = Object.entries(METRICS).map(([name, { kind, help, labels }]) => {
    const told = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${valuesOf(values)}`)
    return `| \`partyline_${name}\` | ${kind} | ${help.replaceAll('|', '\\|')} | ${told.join('<br>') || '—'} |`
  })
  const text = `# Metrics

Made of \`src/metrics/table.ts\` by \`test/metrics/page.test.ts\`. With \`METRICS_PORT\` set, the server answers
\`GET /metrics\` at that port alone, in OpenMetrics with exemplars (\`call_id\`) to who asks for it, as Prometheus does, and
in its older text format to everybody else. The port listens at \`METRICS_HOST\`, 127.0.0.1 if nothing else is said, and has
neither TLS nor a password: what may reach it is for the network to say.

Seconds and USD are the units. A label has the values below and \`other\`, whatever callers, models and tools say; no label
has a caller. What happens in calls is told by their journals, so a replay of a journal gives the same figures. Besides
these there are the process's own: \`process_*\` and \`nodejs_*\` (CPU, memory, handles, garbage collection).

| name | kind | what it is | labels |
|---|---|---|---|
${rows.join('\n')}
`
  await expect(text).toMatchFileSnapshot('../../docs/metrics.md')
})
