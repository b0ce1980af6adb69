import { expect, test } from 'vitest'
import { readSettings, SANDBOX_AUTH_TOKEN, SettingsError } from '../src/config.ts'

/** All that production needs. */
const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://partyline.example.com',
  TWILIO_AUTH_TOKEN: 'twilio-secret',
  DEEPGRAM_API_KEY: 'deepgram-secret',
  OPENAI_API_KEY: 'openai-secret',
  CARTESIA_API_KEY: 'cartesia-secret',
}

function problemsOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readSettings(env)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

test('without any setting it runs on this machine alone, with the sandbox in every place', () => {
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
    DEEPGRAM_MODEL: 'nova-3',
    PATIENCE: 'phone',
    MAX_CALLS: 100,
    MAX_CALL_MINUTES: 30,
    LOG_PII: false,
    standIns: ['Twilio', 'Deepgram', 'OpenAI', 'Cartesia'],
  })
})

test('production with all its keys stands in for nobody, listens to all, and does not record unless told to', () => {
  expect(readSettings(PRODUCTION)).toMatchObject({ HOST: '0.0.0.0', RECORDING: false, standIns: [] })
  expect(readSettings({ ...PRODUCTION, RECORDING: 'on' }).RECORDING).toBe(true)
})

test('Flux is a choice of ears', () => {
  expect(readSettings({ DEEPGRAM_MODEL: 'flux-general-en' }).DEEPGRAM_MODEL).toBe('flux-general-en')
})

test('an empty variable counts as not set', () => {
  expect(readSettings({ PORT: '', OPENAI_API_KEY: '', HOST: '' })).toEqual(readSettings({}))
})

test('variables that are not ours are no mistake', () => {
  expect(problemsOf({ PATH: '/bin', HOME: '/root', PORTAL: 'x' })).toEqual([])
})

test('addresses lose their last slash, and may be plain for the sandbox', () => {
  const settings = readSettings({
    TWILIO_AUTH_TOKEN: 'secret',
    PUBLIC_URL: 'https://example.com/voice/',
    DEEPGRAM_BASE_URL: 'http://127.0.0.1:8091/',
  })
  expect(settings.PUBLIC_URL).toBe('https://example.com/voice')
  expect(settings.DEEPGRAM_BASE_URL).toBe('http://127.0.0.1:8091')
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
])('%s=%s is one mistake in one line that names it', (name, value) => {
  const problems = problemsOf({ [name]: value })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(new RegExp(`^${name}: \\S.*`))
  expect(problems[0]).not.toContain('\n')
  if (name !== 'DATABASE_URL') expect(problems[0]).toContain(JSON.stringify(value))
})

test('all mistakes are told at once', () => {
  const problems = problemsOf({ PORT: 'x', RECORDING: 'x', PATIENCE: 'x', HOST: '0.0.0.0' })
  expect(problems.map(problem => problem.split(':')[0]).toSorted()).toEqual(['HOST', 'PATIENCE', 'PORT', 'RECORDING'])
})

test('the message of the error is for a person: how many, and each in a line', () => {
  expect(() => readSettings({ PORT: 'x' })).toThrow(/^1 of the settings is wrong:\n {2}PORT: [^\n]+$/)
  expect(() => readSettings({ PORT: 'x', PATIENCE: 'y' })).toThrow(/^2 of the settings are wrong:\n.+\n.+$/)
})

test('production names everything that is missing', () => {
  const problems = problemsOf({ NODE_ENV: 'production' })
  expect(problems.map(problem => problem.split(':')[0]).toSorted()).toEqual([
    'CARTESIA_API_KEY',
    'DEEPGRAM_API_KEY',
    'OPENAI_API_KEY',
    'PUBLIC_URL',
    'TWILIO_AUTH_TOKEN',
  ])
})

test.each(['TWILIO_AUTH_TOKEN', 'DEEPGRAM_API_KEY', 'OPENAI_API_KEY', 'CARTESIA_API_KEY', 'PUBLIC_URL'])(
  'production without %s does not start',
  name => {
    const problems = problemsOf({ ...PRODUCTION, [name]: undefined })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name}: is missing`))
  },
)

test('production runs without the agent that has only the tools of the sandbox', () => {
  expect(problemsOf({ ...PRODUCTION, AGENT: 'receptionist' })).toEqual([
    'AGENT: the receptionist has only the tools of the sandbox, and production runs without them',
  ])
})

test('secrets are never shown, not even wrong ones', () => {
  const secret = 'mysql://user:hunter2@db'
  const env = { ...PRODUCTION, DATABASE_URL: secret, PORT: 'x', HOST: '0.0.0.0' }
  const said = problemsOf(env).join('\n')
  expect(said).toContain('DATABASE_URL')
  for (const text of ['hunter2', 'twilio-secret', 'deepgram-secret', 'openai-secret', 'cartesia-secret'])
    expect(said).not.toContain(text)
})

test('an address with a password in it is not shown with it', () => {
  expect(problemsOf({ OPENAI_BASE_URL: 'ftp://me:hunter2@example.com' }).join()).not.toContain('hunter2')
})

test.each(['0.0.0.0', '192.168.1.5', 'example.com', '127.evil.example.com'])(
  'without a token of its own it does not listen on %s, where anybody could ring',
  host => {
    expect(problemsOf({ HOST: host })).toEqual([expect.stringMatching(/^HOST: /)])
    expect(problemsOf({ HOST: host, TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN })).toEqual([
      expect.stringMatching(/^HOST: /),
    ])
    expect(problemsOf({ HOST: host, TWILIO_AUTH_TOKEN: 'secret' })).toEqual([])
  },
)

test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('without a token of its own it listens on %s', host => {
  expect(readSettings({ HOST: host }).HOST).toBe(host)
})

test("the sandbox's own token, which everybody knows, is none: it keeps to this machine, and out of production", () => {
  expect(readSettings({ TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN }).HOST).toBe('127.0.0.1')
  expect(problemsOf({ ...PRODUCTION, TWILIO_AUTH_TOKEN: SANDBOX_AUTH_TOKEN })).toEqual([
    expect.stringMatching(/^TWILIO_AUTH_TOKEN: /),
  ])
})

test('without a token a server that the world can reach does not start', () => {
  expect(problemsOf({ PUBLIC_URL: 'https://agent.example.com' })).toEqual([expect.stringMatching(/^PUBLIC_URL: /)])
  expect(problemsOf({ PUBLIC_URL: 'http://127.0.0.1:8080' })).toEqual([])
  expect(problemsOf({ PUBLIC_URL: 'https://agent.example.com', TWILIO_AUTH_TOKEN: 'secret' })).toEqual([])
})
