/** A script of its own, which reads its own words. */
export interface ScriptCommand {
  readonly about: string
  readonly file: URL
}

/** Commands beside those of `program.ts`. Which of them an image leaves out, it says when they are asked for. */
export const SCRIPTS: Readonly<Record<string, ScriptCommand>> = {
  demo: {
    about: 'a whole call before your eyes, with stand-ins for all vendors',
    file: new URL('../demo.ts', import.meta.url),
  },
  models: { about: 'fetches the ears of this machine', file: new URL('../models/command.ts', import.meta.url) },
  providers: {
    about: 'lists who can hear, think and speak',
    file: new URL('../chosen/command.ts', import.meta.url),
  },
  voices: { about: 'lists the voices of a provider', file: new URL('../chosen/voices.ts', import.meta.url) },
  livekit: {
    about: 'starts a LiveKit server for calls in a browser',
    file: new URL('../livekit/command.ts', import.meta.url),
  },
  sandbox: {
    about: 'starts the stand-ins of the vendors alone',
    file: new URL('../sandbox/main.ts', import.meta.url),
  },
  pin: { about: 'gives a telephone number a PIN', file: new URL('../pins/command.ts', import.meta.url) },
  'staff:password': {
    about: 'makes the hash of a password for support staff',
    file: new URL('../staff/sign-in/command.ts', import.meta.url),
  },
  migrate: {
    about: 'makes the tables of the database before a roll-out',
    file: new URL('../migrate/command.ts', import.meta.url),
  },
  backup: {
    about: 'copies the database and the records of calls',
    file: new URL('../backup/command.ts', import.meta.url),
  },
  restore: { about: 'brings such a copy back', file: new URL('../backup/command.ts', import.meta.url) },
}

/** Words that a script is given before those that were typed. */
export const GIVEN: Readonly<Record<string, readonly string[]>> = { restore: ['--restore'] }

/** What npm scripts and commands of the package have in common: `npm run NAME` is `npx partyline NAME`. */
export const COMMAND_NAMES: ReadonlySet<string> = new Set([
  ...['start', 'call', 'replay', 'doctor', 'compare', 'cost'],
  ...Object.keys(SCRIPTS),
])
