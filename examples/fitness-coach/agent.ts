import { appendFile, mkdir } from 'node:fs/promises'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fitnessCoach } from './coach.ts'
import { openLogQueue } from './log-queue.ts'
import { type Member, specialists } from './specialists.ts'

/** Where this recipe keeps its files. In production: a database of your own in the place of both. */
const FOLDER = process.env.COACH_DATA ?? './data/coach'

const MEMBERS: Readonly<Record<string, Member>> = {
  '+15550100042': {
    name: 'Anna',
    goal: 'stronger muscles',
    plan: ['three times ten squats', 'twenty minutes of cycling'],
    injuries: ['left knee'],
  },
}

mkdirSync(FOLDER, { recursive: true })
const log = openLogQueue({
  file: join(FOLDER, 'queue.sqlite'),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
  async send(entries) {
    await mkdir(FOLDER, { recursive: true })
    await appendFile(join(FOLDER, 'workouts.jsonl'), entries.map(entry => `${JSON.stringify(entry)}\n`).join(''))
  },
})

export default fitnessCoach({ memberOf: async owner => MEMBERS[owner], specialist: specialists, log })
