import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { entryOf, namesOf, PORTS } from '../../src/providers/catalogue/catalogue.ts'

const rows = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8').split('\n')

test.each(PORTS.flatMap(port => namesOf(port).map(name => ({ port, name }))))(
  'docs/providers.md has $port=$name with each of its settings and their defaults',
  ({ port, name }) => {
    const entry = entryOf(port, name)
    const row = rows.find(line => line.startsWith(`| \`${port}=${name}\` |`)) ?? ''
    expect(row).toContain(entry?.title)
    for (const spec of Object.values(entry?.settings ?? {})) {
      expect(row).toContain(`\`${spec.name}\``)
      if ('default' in spec && spec.default !== undefined) expect(row).toContain(`\`${spec.name}\` (${spec.default})`)
    }
  },
)
