/** A question as a person would ask it by telephone, and the document with the words that answer it. */
export interface Question {
  readonly ask: string
  /** In docs/. */
  readonly path: string
  /** Words of the piece that answers it. */
  readonly has: string
}

/** Over docs/ of this project. They were written beside the documents, in other words than theirs where that was possible. */
export const QUESTIONS: readonly Question[] = [
  {
    ask: 'how long is the code for showing my screen good for?',
    path: 'companion.md',
    has: 'ten minutes and one time',
  },
  {
    ask: 'what happens if somebody guesses screen codes again and again?',
    path: 'companion.md',
    has: 'after five of one address',
  },
  {
    ask: 'can two people share a screen in the same phone call at once?',
    path: 'companion.md',
    has: 'There is one companion at a time',
  },
  {
    ask: 'how many seconds do I have to come back after my browser lost the connection to the call?',
    path: 'companion.md',
    has: 'Who drops comes back by themselves within 30 s',
  },
  { ask: 'can I set a maximum that a single call may cost?', path: 'costs.md', has: 'BUDGET_CALL_USD | one call' },
  {
    ask: 'what does the caller hear when the money for the call is used up?',
    path: 'costs.md',
    has: 'says its phrase budget-spent',
  },
  {
    ask: 'how do I print a report of what my calls did cost last month?',
    path: 'costs.md',
    has: 'npm run cost -- --since',
  },
  { ask: 'are there taxes in the reckoned prices?', path: 'costs.md', has: 'Discounts, taxes' },
  { ask: 'are pictures of my screen stored on the disk?', path: 'sight.md', has: 'Never on disk' },
  { ask: 'which company gets the pictures of a shared screen?', path: 'sight.md', has: 'to Gemini (GEMINI_BASE_URL' },
  {
    ask: 'can a web page that I share order the agent to delete my tasks?',
    path: 'sight.md',
    has: 'every change but an addition is asked about first',
  },
  { ask: 'how often does the agent look at a screen by itself?', path: 'sight.md', has: 'at most every 10 s' },
  {
    ask: 'my browser says that the microphone is blocked, what should I do?',
    path: 'softphone.md',
    has: 'allow it beside the address',
  },
  { ask: 'how can I keep my own call as a test for later?', path: 'softphone.md', has: 'fixtures/calls' },
  {
    ask: 'can I hear the agent with a Bluetooth headset in Firefox?',
    path: 'softphone.md',
    has: 'Firefox joins no two rates',
  },
  { ask: 'what is the difference between a listener and a supervisor?', path: 'staff.md', has: 'A listener finds' },
  { ask: 'how long does a sign in of support staff last?', path: 'staff.md', has: 'a session of twelve hours' },
  { ask: 'how do I make a password for the staff page?', path: 'staff.md', has: 'npm run staff:password' },
  { ask: 'who can see that I listened to a recording?', path: 'staff.md', has: 'is a row of staff_audit' },
  {
    ask: 'do listeners get to see telephone numbers of callers?',
    path: 'staff.md',
    has: 'Listeners never get a number whole',
  },
  { ask: 'can my team log in with single sign-on?', path: 'staff.md', has: 'the code flow with PKCE' },
  { ask: 'how many people can listen to one live call?', path: 'staff.md', has: 'Ten can listen to one call' },
  { ask: 'after how many days are recordings deleted?', path: 'operations.md', has: 'RECORDINGS_DAYS (30)' },
  {
    ask: 'what should I check when nobody answers the phone?',
    path: 'operations.md',
    has: 'names the reason: phrases that are being rendered',
  },
  {
    ask: 'what does exit code seventy mean?',
    path: 'operations.md',
    has: 'an error in the program that nobody caught',
  },
  {
    ask: 'the disk of the server is full, are calls still answered?',
    path: 'operations.md',
    has: 'Calls go on; what cannot be written is noted',
  },
  {
    ask: 'what happens to calls when PostgreSQL is down?',
    path: 'operations.md',
    has: 'what would change something (a task',
  },
  { ask: 'how big is a recording of an hour?', path: 'operations.md', has: '115 MB an hour' },
  { ask: 'how do I erase everything about one caller?', path: 'operations.md', has: 'To forget a caller' },
  { ask: 'which data are sent to OpenAI?', path: 'operations.md', has: 'the conversation in words, what tools answer' },
  { ask: 'why are callers turned away as full?', path: 'operations.md', has: 'all slots are taken' },
  { ask: 'how do I make a backup while the server runs?', path: 'operations.md', has: 'npm run backup' },
  {
    ask: 'does the local speech recognition understand German?',
    path: 'local-speech.md',
    has: 'Moonshine tiny (English',
  },
  { ask: 'how much memory do the ears of this machine take?', path: 'local-speech.md', has: '300 MB of memory' },
  {
    ask: 'how do I get the speech model onto a server without internet?',
    path: 'local-speech.md',
    has: 'Where a server has no network',
  },
  { ask: 'how long may a tool take before the agent gives up on it?', path: 'tools.md', has: '5,000 (at most 7,500)' },
  { ask: 'how do I connect my own tool server to the agent?', path: 'tools.md', has: 'is started as a child process' },
  { ask: 'which languages can the agent speak?', path: 'languages.md', has: 'agent answer in German or Spanish' },
  { ask: 'what does the word barge-in mean?', path: 'glossary.md', has: 'barge-in' },
  { ask: 'can I use Claude in place of GPT?', path: 'providers.md', has: 'anthropic' },
  { ask: 'which voice vendors are supported?', path: 'providers.md', has: 'elevenlabs' },
  { ask: 'can I run a recorded call again with another model?', path: 'replay.md', has: '--model gpt-4.1-mini' },
  { ask: 'where does Prometheus get the numbers from?', path: 'metrics.md', has: 'METRICS_PORT' },
  { ask: 'how do callers from a SIP trunk reach the agent?', path: 'browser.md', has: 'SIP' },
]

/** What the documents say nothing of: nothing must be found, or a caller would be told a story. */
export const ELSEWHERE: readonly string[] = [
  'do you have gluten free pizza?',
  'what is the capital of Mongolia?',
  'how tall is the Eiffel tower?',
  'can I bring my dog to the swimming pool?',
  'which vaccinations does my daughter need for Kenya?',
  'when does the museum open on Sundays?',
  'my washing machine leaks, what now?',
  'how do I grow tomatoes on a balcony?',
  'who won the football match yesterday?',
  'is parking free in the city centre at night?',
]
