import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const TEXT = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
/** The rows of all its tables: cells without the heads and the lines below them. */
const ROWS = TEXT.split('\n')
  .filter(line => line.startsWith('|') && !/^\|-/.test(line) && !line.endsWith('| held by |'))
  .map(line => line.split('|').slice(1, -1))

const filesIn = (text: string): readonly string[] =>
  [...text.matchAll(/`((?:test|\.ci)\/[^`]+)`/g)].map(([, file = '']) => file)

test('each row of the threat model names tests that are there', () => {
  expect(ROWS.length).toBeGreaterThan(20)
  const without = ROWS.filter(([, , held = '']) => filesIn(held).length === 0).map(([wants]) => wants)
  expect(without).toEqual([])
  expect(filesIn(TEXT).filter(file => !existsSync(join(ROOT, file)))).toEqual([])
})

test('a test that it names has a test in it', () => {
  const empty = filesIn(TEXT).filter(
    file => file.endsWith('.test.ts') && !/\b(?:e2eT|t)est[.(]/u.test(readFileSync(join(ROOT, file), 'utf8')),
  )
  expect(empty).toEqual([])
})
