/** Keys that a new agent may use. */
export const ENV_TEXT = `# Copy this to .env and fill in what you have. Without a key the sandbox stands in: nothing here is needed to try it out.
# OPENAI_API_KEY=
# DEEPGRAM_API_KEY=
# CARTESIA_API_KEY=
# To be rung by telephone: the token of your Twilio account, and where Twilio reaches this server.
# TWILIO_AUTH_TOKEN=
# PUBLIC_URL=https://voice.example.com
`

/** Calls are recorded in data, and .env has keys. */
export const IGNORED_TEXT = `node_modules
data
.env
orders.jsonl
`

export const readmeText = (name: string, agentFile: string, testFile: string): string => `# ${name}

An agent that answers the telephone. \`${agentFile}\` is all of it: what it is told, what it says first, and the functions that it may
call. It takes orders for pizza until you change it.

\`\`\`sh
npm run dev       # answers calls; what you save is in force with the next call
npm run console   # talk to it by text, in this terminal
npm test          # holds calls by text, as ${testFile} says
npm start         # answers calls, and reads the agent once
\`\`\`

\`npm run dev\` prints where a softphone is: open it in a browser, press *Call*, and speak. To understand your own voice it needs
ears: \`npx partyline models\` fetches some for this machine; or set a key in \`.env\` (\`.env.example\` says which). Without
\`OPENAI_API_KEY\` a script stands in for the model. It knows the functions by their names and descriptions: "two margheritas",
"cancel the margherita", "what is the total?", "place the order for Anna".

\`npx partyline --help\` lists what else there is. Install with \`npm install --ignore-scripts\`: no package of Partyline needs a
script of its own, and one would download libraries for graphics cards.
`
