import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { bill, nameOf, wrongLicences } from './licences.ts'

const ROOT = join(import.meta.dirname, '../..')
const lock = z
  .object({ packages: z.record(z.string(), z.object({ version: z.string().optional(), dev: z.boolean().optional() })) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')))

test('`npm run sbom` names every package of production, and no other, and each may be handed on', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
    cwd: ROOT,
    maxBuffer: 16 * 1024 * 1024,
  })
  const { metadata, components } = bill.parse(JSON.parse(stdout))
  expect(metadata.component.name).toBe('partyline')
  const billed = new Set(components.map(each => `${nameOf(each)}@${each.version}`))
  const production = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
  expect(production.length).toBeGreaterThan(200)
  expect([...billed].toSorted()).toEqual([...new Set(production)].toSorted())
  expect(wrongLicences(components)).toEqual([])
})
