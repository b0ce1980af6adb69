import type { TestProject } from 'vitest/node'
import { findLivekit, type LivekitProgram, NoLivekitError, onPath, thisMachine } from '../../src/livekit/program.ts'

/** What the end-to-end tests need besides npm's packages. README.md says how each piece is installed. */
export interface Pieces {
  /** The file of a Chromium. */
  readonly chromium: string
  readonly livekit: LivekitProgram
}

declare module 'vitest' {
  interface ProvidedContext {
    pieces: Pieces | undefined
  }
}

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * Vitest runs this once before the end-to-end tests. It builds the LiveKit server where that is the way to get it. When a
 * piece is missing it says so in one line and the tests are skipped; with E2E=required it throws.
 */
export default async function setup(project: TestProject): Promise<void> {
  const pieces = await findPieces(new AbortController().signal)
  const isMissing = typeof pieces === 'string'
  if (isMissing && process.env.E2E === 'required') throw new Error(`The end-to-end tests cannot run: ${pieces}`)
  if (isMissing) console.error(`The end-to-end tests are skipped: ${pieces} (test/e2e/README.md)`)
  project.provide('pieces', isMissing ? undefined : pieces)
}

/** All pieces, or one line about what is missing. */
async function findPieces(signal: AbortSignal): Promise<Pieces | string> {
  const chromium = CHROMIUMS.map(name => onPath(name, process.env)).find(file => file !== undefined)
  if (chromium === undefined) return `no Chromium is on the PATH (${CHROMIUMS.join(', ')})`
  try {
    return {
      chromium,
      livekit: await findLivekit(
        thisMachine(process.env, line => console.error(line)),
        signal,
      ),
    }
  } catch (error) {
    if (error instanceof NoLivekitError) return error.message.split('\n')[0] ?? ''
    throw error
  }
}
