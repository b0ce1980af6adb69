#!/usr/bin/env node
// The command `partyline`. An older Node cannot read what the rest is written in, so nothing is imported before its version is known.
const LEAST_MAJOR = 22
const LEAST_MINOR = 18
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < LEAST_MAJOR || (major === LEAST_MAJOR && minor < LEAST_MINOR)) {
  process.stderr.write(
    `Partyline needs Node ${LEAST_MAJOR}.${LEAST_MINOR} or newer; this is Node ${process.versions.node}.\n`,
  )
  process.exit(1)
}
const { run } = await import('./run.ts')
process.exitCode = await run(process.argv.slice(2))
