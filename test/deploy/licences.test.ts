import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { isAllowed } from './licences.ts'

const lock = z
  .object({ packages: z.record(z.string(), z.object({ license: z.string().optional(), dev: z.boolean().optional() })) })
  .parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')))

test('every package that runs in production, on whichever platform, may be handed on by its licence', () => {
  const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev)
  expect(production.length).toBeGreaterThan(200)
  const wrong = production.filter(
    ([path, { license = 'none' }]) => !isAllowed(path.replace(/^.*node_modules\//, ''), license),
  )
  expect(wrong).toEqual([])
})

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['(Apache-2.0 AND BSD-3-Clause)', true],
  ['(MIT AND GPL-3.0-only)', false],
  ['GPL-3.0-only', false],
  ['BlueOak-1.0.0', false],
  ['(MIT AND (BSD-3-Clause OR GPL-2.0-only))', false],
  ['UNLICENSED', false],
])('a package under %s may be handed on: %s', (licence, allowed) => {
  expect(isAllowed('a-package', licence)).toBe(allowed)
})
