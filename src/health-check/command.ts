import { systemClock as clock } from '../clock.ts'
import { readEnvFile } from '../env-file.ts'
import { systemNetwork as network } from '../network.ts'
import { healthProblem, ownAddress } from './health-check.ts'

/** The image's HEALTHCHECK: ends with 0 when the server that has the same environment is alive, else says why not. */
readEnvFile()
const problem = await healthProblem(ownAddress(process.env), { clock, network }, new AbortController().signal)
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
