// `npm run sbom`: prints the bill of materials (CycloneDX) of what runs in production, on whichever platform, by the lock file.
// Where packages of development are named, `npm sbom --omit=dev` leaves out those that they share with production (npm 11.19), so
// it is asked beside copies that name none.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const read = name => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'))
const { devDependencies: _, ...own } = read('package.json')
const { packages, ...lock } = read('package-lock.json')
const { '': root, ...others } = packages
const production = Object.fromEntries(Object.entries(others).filter(([, { dev }]) => !dev))

const folder = mkdtempSync(join(tmpdir(), 'partyline-sbom-'))
try {
  // The bill has the folder's name for the application's.
  const copy = join(folder, own.name)
  mkdirSync(copy)
  const { devDependencies: __, ...productionRoot } = root
  writeFileSync(join(copy, 'package.json'), JSON.stringify(own))
  writeFileSync(join(copy, 'package-lock.json'), JSON.stringify({ ...lock, packages: { '': productionRoot, ...production } }))
  const asked = ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application']
  process.stdout.write(execFileSync('npm', asked, { cwd: copy, maxBuffer: 64 * 1024 * 1024 }))
} finally {
  rmSync(folder, { recursive: true })
}
