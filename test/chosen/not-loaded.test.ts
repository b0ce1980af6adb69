import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Which of our files a process has loaded after it has opened the agent and the providers of these settings. */
async function loaded(given: Readonly<Record<string, string>>): Promise<ReadonlySet<string>> {
  const at = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { readSettings } = await import(${at('config.ts')})
    const { systemClock } = await import(${at('clock.ts')})
    const { systemNetwork } = await import(${at('network.ts')})
    const { openProviders } = await import(${at('open-providers.ts')})
    const { agentIn } = await import(${at('agents/agents.ts')})
    const { openLocalSpeech } = await import(${at('providers/local/open-local-speech.ts')})
    await import(${at('partyline.ts')})
    const settings = readSettings(${JSON.stringify(given)})
    await openLocalSpeech({ ears: 'no', voice: false, modelsDir: '' }, { clock: systemClock }, AbortSignal.abort())
    await agentIn(settings)
    await openProviders(settings, {}, systemClock, systemNetwork)
    console.log(JSON.stringify(loaded))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  const root = new URL('../../src/', import.meta.url).href
  const urls: readonly string[] = JSON.parse(stdout)
  return new Set(urls.filter(url => url.startsWith(root)).map(url => url.slice(root.length)))
}

const KEYS = { DEEPGRAM_API_KEY: 'a', OPENAI_API_KEY: 'b', CARTESIA_API_KEY: 'c', GROQ_API_KEY: 'd' }
/** Files, and folders, that nobody needs who has the usual three and speaks English. */
const OTHERS = [
  ...['german', 'spanish', 'german-speech/', 'spanish-speech/'].map(name => `languages/${name}`),
  ...['german-words', 'spanish-words', 'author/load-agents', 'author/markdown-agent'].map(name => `agents/${name}`),
  ...['several', 'speech-to-text', 'language-model', 'text-to-speech', 'hedge'].map(
    name => `providers/failover/${name}`,
  ),
  ...['ears', 'voice', 'local-ears', 'local-voice'].map(name => `providers/local/${name}`),
  ...['assemblyai/', 'whisper/', 'groq/', 'google/', 'azure/azure-', 'anthropic/', 'gemini/', 'responses/'].map(
    name => `providers/${name}`,
  ),
  ...['openai-ears/', 'openai-realtime/', 'openai-voice/', 'elevenlabs/', 'aura/', 'polly/polly', 'compatible/'].map(
    name => `providers/${name}`,
  ),
  ...['utterance/', 'clouds/', 'voice-activity/webrtc'].map(name => `providers/${name}`),
  ...['models/', 'jobs/job-process', 'sandbox/deepgram/', 'flite/'],
]
const othersIn = (files: ReadonlySet<string>): readonly string[] =>
  OTHERS.filter(name => [...files].some(file => file === `${name}.ts` || (/[/-]$/.test(name) && file.startsWith(name))))

test('nothing is loaded of providers, languages and failover that nobody chose', async () => {
  const usual = await loaded(KEYS)
  expect(usual).toContain('providers/deepgram.ts')
  expect(othersIn(usual)).toEqual([])
})

test('what was chosen is loaded', async () => {
  const more = await loaded({ ...KEYS, STT: 'deepgram,groq', LANGUAGE: 'de', LLM_HEDGE: 'on', VAD: 'webrtc' })
  expect(othersIn(more)).toEqual(
    expect.arrayContaining([
      ...['languages/german', 'languages/german-speech/', 'agents/german-words'],
      ...[
        'providers/failover/several',
        'providers/failover/hedge',
        'providers/whisper/',
        'providers/voice-activity/webrtc',
      ],
    ]),
  )
})
