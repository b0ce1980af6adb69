import { expect, test } from 'vitest'
import { readSettings, SANDBOX_AUTH_TOKEN } from '../src/config.ts'
import { LAPTOP_LIVEKIT } from '../src/settings/livekit.ts'
import { PRODUCTION, problemsOf } from './settings/settings-problems.ts'

test('without any settings it listens only on this machine and uses a stand-in for every provider', () => {
  expect(readSettings({})).toMatchObject({
    NODE_ENV: 'development',
    PORT: 8080,
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN,
    DATA_DIR: './data',
    DATABASE_URL: 'sqlite:./data/partyline.sqlite',
    AGENT: 'task-manager',
    RECORDING: true,
    PATIENCE: 'phone',
    MAX_CALLS: 100,
    QUEUE_CALLS: 10,
    MAX_CALLS_PER_CALLER: 10_000,
    CALLER_CALLS_PER_HOUR: 100_000,
    MAX_CALL_MINUTES: 30,
    LOG_PII: false,
    standIns: ['Twilio', 'Deepgram', 'OpenAI', 'Cartesia', 'Gemini'],
    hasSight: true,
  })
})

test('production with all keys uses no stand-ins, listens on all addresses, and records only if told to', () => {
  expect(readSettings(PRODUCTION)).toMatchObject({ HOST: '0.0.0.0', RECORDING: false, standIns: [] })
  expect(readSettings({ ...PRODUCTION, RECORDING: 'on' }).RECORDING).toBe(true)
})

test('in production a number has two calls at once and thirty an hour, unless told otherwise', () => {
  expect(readSettings(PRODUCTION)).toMatchObject({ MAX_CALLS_PER_CALLER: 2, CALLER_CALLS_PER_HOUR: 30 })
  const more = { MAX_CALLS_PER_CALLER: '20', CALLER_CALLS_PER_HOUR: '300' }
  expect(readSettings({ ...PRODUCTION, ...more })).toMatchObject({
    MAX_CALLS_PER_CALLER: 20,
    CALLER_CALLS_PER_HOUR: 300,
  })
})

test('a server that is named without a key is that server, also in production, and never the stand-in', () => {
  const { OPENAI_API_KEY: _, ...others } = PRODUCTION
  expect(readSettings({ ...others, OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' })).toMatchObject({ standIns: [] })
  expect(readSettings({ DEEPGRAM_BASE_URL: 'ws://ears:8080', CARTESIA_BASE_URL: 'http://voice' }).standIns).toEqual([
    'Twilio',
    'OpenAI',
    'Gemini',
  ])
})

test.each([
  ['OPENAI', 'https://api.openai.com/v1', 'api.openai.com'],
  ['DEEPGRAM', 'wss://api.eu.deepgram.com', 'api.eu.deepgram.com'],
  ['CARTESIA', 'wss://api.cartesia.ai', 'api.cartesia.ai'],
  ['GEMINI', 'https://generativelanguage.googleapis.com', 'generativelanguage.googleapis.com'],
])('the vendor of %s, named without its key, is a mistake', (name, url, host) => {
  expect(problemsOf({ [`${name}_BASE_URL`]: url })).toEqual([
    `${name}_API_KEY: is missing, and ${host} (${name}_BASE_URL) wants one`,
  ])
  expect(problemsOf({ [`${name}_BASE_URL`]: url, [`${name}_API_KEY`]: 'k' })).toEqual([])
})

test('production without a key for Gemini is no mistake: it sees no screens', () => {
  expect(readSettings(PRODUCTION)).toMatchObject({ hasSight: false, standIns: [] })
  expect(readSettings({ ...PRODUCTION, GEMINI_API_KEY: 'k' })).toMatchObject({ hasSight: true, standIns: [] })
  expect(readSettings({ ...PRODUCTION, GEMINI_BASE_URL: 'http://eyes' })).toMatchObject({
    hasSight: true,
    standIns: [],
  })
})

test.each(['../../other', 'a b', ''.padEnd(101, 'x')])('the model %j cannot be a part of the path', model => {
  expect(problemsOf({ GEMINI_MODEL: model })).toEqual([expect.stringContaining('GEMINI_MODEL: must be a model')])
})

test('Flux can be chosen for speech-to-text', () => {
  expect(readSettings({ DEEPGRAM_MODEL: 'flux-general-en' }).models.speechToText).toBe('flux-general-en')
})

test('an empty variable counts as not set', () => {
  expect(readSettings({ PORT: '', OPENAI_API_KEY: '', HOST: '' })).toEqual(readSettings({}))
})

test('unknown variables are ignored', () => {
  expect(problemsOf({ PATH: '/bin', HOME: '/root', PORTAL: 'x' })).toEqual([])
})

test('trailing slashes are removed from URLs, and http is allowed for the sandbox', () => {
  const settings = readSettings({
    TWILIO_AUTH_TOKEN: 'secret',
    PUBLIC_URL: 'https://example.com/voice/',
    DEEPGRAM_BASE_URL: 'http://127.0.0.1:8091/',
  })
  expect(settings.PUBLIC_URL).toBe('https://example.com/voice')
  expect(settings.providers.STT[0]?.values.baseUrl).toBe('http://127.0.0.1:8091')
})

test.each([
  ['NODE_ENV', 'staging'],
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PUBLIC_URL', 'example.com'],
  ['PUBLIC_URL', 'ftp://example.com'],
  ['TWILIO_ACCOUNT_SID', 'AC12'],
  ['DEEPGRAM_BASE_URL', 'api.deepgram.com'],
  ['OPENAI_BASE_URL', 'wss://api.openai.com'],
  ['CARTESIA_BASE_URL', 'tcp://x'],
  ['DATABASE_URL', 'mysql://somewhere'],
  ['AGENT', 'butler'],
  ['TIME_ZONE', 'Moon/Crater'],
  ['RECORDING', 'yes'],
  ['TRANSFER_NUMBER', '555 1234'],
  ['MAX_CALLS', '0'],
  ['MAX_CALL_MINUTES', '2'],
  ['DRAIN_SECONDS', 'soon'],
  ['DEEPGRAM_MODEL', 'nova-2'],
  ['PATIENCE', 'long'],
  ['LOG_LEVEL', 'loud'],
  ['LOG_PII', 'true'],
])('%s=%s is reported as one problem, in one line that names the setting', (name, value) => {
  const problems = problemsOf({ [name]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(new RegExp(`^${name}: \\S.*`))
  expect(problems[0]).not.toContain('\n')
  if (name !== 'DATABASE_URL') expect(problems[0]).toContain(JSON.stringify(value))
})

test('all problems are reported at once', () => {
  const problems = problemsOf({ PORT: 'x', RECORDING: 'x', PATIENCE: 'x', HOST: '0.0.0.0' })
  expect(problems.map(problem => problem.split(':')[0]).toSorted()).toEqual(['HOST', 'PATIENCE', 'PORT', 'RECORDING'])
})

test('the error message says how many settings are wrong and has one line for each', () => {
  expect(() => readSettings({ PORT: 'x' })).toThrow(/^1 of the settings is wrong:\n {2}PORT: [^\n]+$/)
  expect(() => readSettings({ PORT: 'x', PATIENCE: 'y' })).toThrow(/^2 of the settings are wrong:\n.+\n.+$/)
})

test('production reports everything that is missing', () => {
  const problems = problemsOf({ NODE_ENV: 'production' })
  expect(problems.map(problem => problem.split(':')[0]).toSorted()).toEqual([
    'CARTESIA_API_KEY',
    'DEEPGRAM_API_KEY',
    'OPENAI_API_KEY',
    'PUBLIC_URL',
    'RECORDS_SECRET',
    'TWILIO_AUTH_TOKEN',
  ])
})

test.each([
  'TWILIO_AUTH_TOKEN',
  'DEEPGRAM_API_KEY',
  'OPENAI_API_KEY',
  'CARTESIA_API_KEY',
  'PUBLIC_URL',
  'RECORDS_SECRET',
])('production without %s does not start', name => {
  const problems = problemsOf({ ...PRODUCTION, [name]: undefined })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(new RegExp(`^${name}: is missing`))
})

test('production refuses the agent that has only the tools of the sandbox', () => {
  expect(problemsOf({ ...PRODUCTION, AGENT: 'receptionist' })).toEqual([
    'AGENT: the receptionist has only the tools of the sandbox, and production does not use them',
  ])
})

test('secrets are never shown, not even invalid ones', () => {
  const secret = 'mysql://user:hunter2@db'
  const env = { ...PRODUCTION, DATABASE_URL: secret, PORT: 'x', HOST: '0.0.0.0' }
  const message = problemsOf(env).join('\n')
  expect(message).toContain('DATABASE_URL')
  for (const text of ['hunter2', 'twilio-secret', 'deepgram-secret', 'openai-secret', 'cartesia-secret'])
    expect(message).not.toContain(text)
})

test('the password in a URL is not shown', () => {
  expect(problemsOf({ OPENAI_BASE_URL: 'ftp://me:hunter2@example.com' }).join()).not.toContain('hunter2')
})

test.each(['0.0.0.0', '192.168.1.5', 'example.com', '127.evil.example.com'])(
  'without a TWILIO_AUTH_TOKEN it does not listen on %s, where anybody could call',
  host => {
    expect(problemsOf({ HOST: host })).toEqual([expect.stringMatching(/^HOST: /)])
    expect(problemsOf({ HOST: host, TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN })).toEqual([
      expect.stringMatching(/^HOST: /),
    ])
    expect(problemsOf({ HOST: host, TWILIO_AUTH_TOKEN: 'secret' })).toEqual([])
  },
)

test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('without a TWILIO_AUTH_TOKEN it listens on %s', host => {
  expect(readSettings({ HOST: host }).HOST).toBe(host)
})

test("the sandbox's token, which everybody knows, counts as none: it is allowed only on this machine, not in production", () => {
  expect(readSettings({ TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN }).HOST).toBe('127.0.0.1')
  expect(problemsOf({ ...PRODUCTION, TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN })).toEqual([
    expect.stringMatching(/^TWILIO_AUTH_TOKEN: /),
  ])
})

test('without a TWILIO_AUTH_TOKEN a server with a public URL does not start', () => {
  expect(problemsOf({ PUBLIC_URL: 'https://agent.example.com' })).toEqual([expect.stringMatching(/^PUBLIC_URL: /)])
  expect(problemsOf({ PUBLIC_URL: 'http://127.0.0.1:8080' })).toEqual([])
  expect(problemsOf({ PUBLIC_URL: 'https://agent.example.com', TWILIO_AUTH_TOKEN: 'secret' })).toEqual([])
})

test('how long things are kept is a number of days, or off', () => {
  expect(readSettings({})).toMatchObject({ RECORDINGS_DAYS: 30, JOURNALS_DAYS: 90 })
  expect(readSettings({ RECORDINGS_DAYS: 'off', JOURNALS_DAYS: '7' })).toMatchObject({
    RECORDINGS_DAYS: 'off',
    JOURNALS_DAYS: 7,
  })
  for (const wrong of ['0', '-1', 'never', '1.5']) {
    expect(() => readSettings({ JOURNALS_DAYS: wrong })).toThrow(
      'JOURNALS_DAYS: must be a whole number of days, or off',
    )
  }
})

test('proxies are trusted only where they are named', () => {
  expect(readSettings({}).TRUST_PROXY).toEqual([])
  expect(readSettings({ TRUST_PROXY: 'off' }).TRUST_PROXY).toEqual([])
  const some = '10.0.0.0/8, 192.0.2.1,2001:db8::/32'
  expect(readSettings({ TRUST_PROXY: some }).TRUST_PROXY).toEqual(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32'])
  for (const wrong of [
    'on',
    'true',
    '1',
    '*',
    '0.0.0.0/0',
    '10.0.0.0/33',
    '10.0.0',
    'proxy.example',
    '10.0.0.1,',
    '::/129',
  ]) {
    expect(() => readSettings({ TRUST_PROXY: wrong })).toThrow('TRUST_PROXY: must be off, or addresses')
  }
})

test('a LiveKit server needs its address, key and secret; without one a laptop has its own, and production none', () => {
  const livekit = { LIVEKIT_URL: 'wss://rooms.example.com', LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 's'.repeat(32) }
  expect(readSettings(livekit).livekit).toEqual({
    url: 'wss://rooms.example.com',
    apiKey: 'k',
    apiSecret: 's'.repeat(32),
  })
  expect(readSettings({}).livekit).toEqual(LAPTOP_LIVEKIT)
  expect(readSettings(PRODUCTION).livekit).toBeUndefined()
  expect(problemsOf({ LIVEKIT_URL: livekit.LIVEKIT_URL })).toEqual([
    expect.stringContaining('LIVEKIT_API_KEY: is missing'),
    expect.stringContaining('LIVEKIT_API_SECRET: is missing'),
  ])
  expect(problemsOf({ ...livekit, LIVEKIT_API_SECRET: LAPTOP_LIVEKIT.apiSecret })).toEqual([
    expect.stringContaining('LIVEKIT_API_SECRET: everybody knows'),
  ])
  expect(problemsOf({ ...livekit, LIVEKIT_URL: 'ftp://x' })).toEqual([expect.stringContaining('LIVEKIT_URL: must be')])
})
