import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { systemClock as clock } from '../../../src/clock.ts'
import { quantile } from '../../../src/compare/quantile.ts'
import { SANDBOX_AUTH_TOKEN } from '../../../src/config.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { readJournal } from '../../../src/journal/outcome.ts'
import { Story } from '../../../src/journal/story.ts'
import { english } from '../../../src/languages/english.ts'
import { findLivekit, onPath, thisMachine } from '../../../src/livekit/program.ts'
import { freeTcpPort, startLivekit } from '../../../src/livekit/server.ts'
import { systemNetwork } from '../../../src/network.ts'
import { scriptOfTexts } from '../../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { announceUtterance } from '../../../src/sandbox/deepgram/announce.ts'
import { startSandbox } from '../../../src/sandbox/process.ts'
import { startServer } from '../../../src/sandbox/server-process.ts'
import { say } from '../figures.ts'
import { runPinned } from '../pinned.ts'
import { pinnedTo } from '../process-usage.ts'
import { answersIn, interruptionsIn, isVoiced } from './page-figures.ts'
import { openSoundCard } from './sound-card.ts'

/** The targets. */
const MOST_SILENT_MS = { p50: 300, p95: 450 } as const
const MOST_MORE_MS = 250
const ROUNDS = 22
const QUESTIONS = ['Can you tell me about the restaurant?', 'Tell me about the chef.', 'What is in the tasting menu?']
const INTERRUPTIONS = [
  'Stop it, please.',
  'Hold on a second.',
  'How much is it?',
  'Where can I park?',
  'Is there wifi?',
]
const SPOKEN_FOR_MS = 2_000
const SILENT_FOR_MS = 1_500
const STEP_MS = 100
const ANSWERS_WITHIN_MS = 30_000

await runPinned('browser bench', async signal => {
  const executablePath = onPath('chromium', process.env)
  if (executablePath === undefined) throw new Error('no chromium is on the PATH')
  const program = await findLivekit(thisMachine(process.env, say), signal)
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
  const livekit = await startLivekit({ program, env: process.env }, clock, signal)
  const sandbox = await startSandbox({ port: 0, profile: 'fast', under: pinnedTo(1) }, signal)
  const keys = { LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret }
  const port = await freeTcpPort()
  // Chromium lets only pages from here reach a LiveKit server on the loopback.
  const here = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, DRAIN_SECONDS: '0' }
  const env = { ...keys, ...here, BARGE_IN: 'snappy', AGENT: 'receptionist' }
  const options = { sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env, under: pinnedTo(0) }
  const server = await startServer(options, clock, signal)
  const flite = openFlite()
  const texts = Array.from({ length: ROUNDS }, (_, i) => [
    QUESTIONS[i % QUESTIONS.length] ?? '',
    INTERRUPTIONS[i % INTERRUPTIONS.length] ?? '',
  ]).flat()
  const { utterances } = await scriptOfTexts(texts, 'rms', flite, seeded(1), signal)
  await flite.close()

  const card = await openSoundCard(process.env, signal)
  const browser = await chromium.launch({
    executablePath,
    // Muted, Chromium plays into a clock of its own, which is late on a busy machine and stays so.
    ignoreDefaultArgs: ['--mute-audio'],
    env: { ...process.env, ...card.env },
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--allow-loopback-in-peer-connection'],
  })
  const context = await browser.newContext({ permissions: ['microphone'] })
  const page = await context.newPage()
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Talk', exact: true }).click()
  await page
    .getByRole('log')
    .getByText(/How can I help/)
    .waitFor()

  /** Waits until the agent has sounded, or has been silent, for so long. */
  async function untilAgent(isHeard: boolean, forMs: number): Promise<void> {
    const untilMs = clock.now() + ANSWERS_WITHIN_MS
    for (let heldMs = 0; heldMs < forMs; ) {
      if (clock.now() > untilMs) throw new Error(`the agent was not ${isHeard ? 'heard' : 'silent'} for ${forMs} ms`)
      await clock.sleep(STEP_MS, signal)
      const isNow = isVoiced(card.loudness(4 * STEP_MS))
      heldMs = isNow === isHeard ? heldMs + STEP_MS : isHeard ? heldMs : 0
    }
  }

  const [callId = ''] = (await readdir(join(dataDir, 'calls'))).filter(name => name.startsWith('web-'))
  for (const [i, utterance] of utterances.entries()) {
    if (utterance.kind !== 'speech') continue
    const isInterruption = i % 2 === 1
    await untilAgent(isInterruption, isInterruption ? SPOKEN_FOR_MS : SILENT_FOR_MS)
    await announceUtterance(sandbox.deepgramUrl, callId, utterance, systemNetwork, signal)
    await card.say(utterance.pcm, signal)
  }
  await untilAgent(false, SILENT_FOR_MS)
  const sounds = card.sounds()
  await browser.close()
  await card.close()
  const closed = await server.close()
  const story = new Story(english)
  const totals = (await readJournal(join(dataDir, 'calls', callId, 'journal.jsonl')))
    .flatMap(line => story.take(line))
    .flatMap(one => (one.kind === 'agent' && one.latency ? [one.latency.totalMs] : []))
  await Promise.all([sandbox.close(), livekit.close()])
  await rm(dataDir, { recursive: true, force: true })

  const silent = interruptionsIn(sounds)
  const answers = answersIn(sounds)
  const [p50, p95] = [quantile(silent, 0.5), quantile(silent, 0.95)]
  const moreMs = quantile(answers, 0.5) - quantile(totals, 0.5)
  const halves = (values: readonly number[]): string =>
    `p50 ${quantile(values, 0.5).toFixed(0)}, p95 ${quantile(values, 0.95).toFixed(0)} ms (${values.length})`
  const verdict = (isMet: boolean): string => (isMet ? 'met' : 'NOT MET')
  const isSilent = p50 <= MOST_SILENT_MS.p50 && p95 <= MOST_SILENT_MS.p95
  say(
    `interrupted, silent at the browser's output: ${halves(silent)}; ≤ ${MOST_SILENT_MS.p50} / ${MOST_SILENT_MS.p95} ms: ${verdict(isSilent)}`,
  )
  say(`one after the other: ${silent.map(ms => ms.toFixed(0)).join(', ')}`)
  say(`answers at the browser's output: ${halves(answers)}; by the journal: ${halves(totals)}`)
  say(
    `more at the browser's output, p50: ${moreMs.toFixed(0)} ms; ≤ ${MOST_MORE_MS} ms: ${verdict(moreMs <= MOST_MORE_MS)}`,
  )
  return closed.code === 0 && isSilent && moreMs <= MOST_MORE_MS
})
