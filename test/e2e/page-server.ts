import Fastify from 'fastify'
import { onTestFinished } from 'vitest'
import { BUILT_PAGE, page } from '../../src/page.ts'

/** What the server says; a test changes it as it goes. */
export interface Answers {
  line: Record<string, unknown>
  tasks: readonly { id: string; title: string; status: string; dueSaid: string | null }[]
  /** The answer of /api/room: its status and its body. It may come late. */
  room: (body: { back?: string }) => Promise<readonly [number, object]>
  companion: (code: string) => Promise<readonly [number, object]>
}

export const READY = {
  ...{
    livekit: 'ready',
    help: null,
    phoneNumber: '+15551234567',
    agent: 'task-manager',
    tasks: true,
    records: true,
    understands: true,
  },
  sight: { sentTo: 'Google (Gemini)', model: 'gemini-2.5-flash' },
}
const TASKS = [
  { id: '0000000000000001', title: 'Call the vendor', status: 'pending', dueSaid: 'tomorrow at nine' },
  { id: '0000000000000002', title: 'Water the plants', status: 'completed', dueSaid: null },
]

export const refusal = (status: number, kind: string) => [status, { error: { kind, message: 'Told.' } }] as const

/** The built page, and beside it the server's answers by script. Ends after the test. */
export async function servePage(livekitUrl?: string): Promise<{ url: string; answers: Answers }> {
  const answers: Answers = {
    line: READY,
    tasks: TASKS,
    room: async () => refusal(503, 'busy'),
    companion: async () => refusal(404, 'wrong'),
  }
  const app = Fastify()
  app.get('/api/line', async () => answers.line)
  app.get('/api/tasks', async () => ({
    tasks: answers.tasks,
    counts: { pending: answers.tasks.filter(({ status }) => status === 'pending').length, completed: 0 },
    more: false,
  }))
  app.patch<{ Params: { id: string }; Body: { status: string } }>('/api/tasks/:id', async ({ params, body }) => {
    answers.tasks = answers.tasks.map(task => (task.id === params.id ? { ...task, status: body.status } : task))
    return {}
  })
  app.post<{ Body: { back?: string } }>('/api/room', async ({ body }, reply) => {
    const [status, answer] = await answers.room(body)
    return reply.code(status).send(answer)
  })
  app.post<{ Body: { code: string } }>('/api/companion', async ({ body }, reply) => {
    const [status, answer] = await answers.companion(body.code)
    return reply.code(status).send(answer)
  })
  await page({ folder: BUILT_PAGE, livekitUrl, overHttps: false })(app)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return { url, answers }
}
