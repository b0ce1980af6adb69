import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { systemNetwork } from '../../src/network.ts'
import { FIXTURES_DIR, loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { announceUtterance } from '../../src/sandbox/deepgram/announce.ts'
import type { Partyline } from './rig.ts'
import { scriptMicrophone } from './scripted-microphone.ts'

/** Says utterances of a recorded caller in a page's microphone; the stand-in Deepgram is told the words before. */
export async function personOf(context: BrowserContext, fixture: string, { sandbox, dataDir }: Partyline) {
  const script = await loadNamedFixture(fixture)
  const microphone = await scriptMicrophone(context)

  /** The conversation that was begun last. */
  async function callId(): Promise<string> {
    const calls = (await readdir(join(dataDir, 'calls'))).filter(name => name.startsWith('web-'))
    const last = calls.at(-1)
    if (calls.length !== 1 || last === undefined) throw new Error(`${calls.length} conversations were begun`)
    return last
  }

  return {
    callId,
    async says(page: Page, index: number): Promise<void> {
      const utterance = script.utterances[index]
      if (utterance?.kind !== 'speech') throw new Error(`${fixture} has no words at ${index}`)
      const until = new AbortController().signal
      await announceUtterance(sandbox.deepgramUrl, await callId(), utterance, systemNetwork, until)
      await microphone.say(page, join(FIXTURES_DIR, fixture, `${index}.wav`))
    },
  }
}
