import type { Agent } from 'node:http'
import { WebSocket } from 'ws'
import type { FromPage, ToPage } from '../../../src/sandbox/softphone/messages.ts'

type Kind = ToPage['kind']
type Of<K extends Kind> = Extract<ToPage, { kind: K }>

/** What the page is to the sandbox: one socket. */
export interface Page {
  readonly messages: readonly ToPage[]
  /** What was heard, message by message. */
  readonly heard: readonly Uint8Array[]
  say(message: FromPage): void
  sayRaw(text: string): void
  speak(mulaw: Uint8Array): void
  /** The first message of this kind that is like this, which may have come already. */
  told<K extends Kind>(kind: K, isMeant?: (message: Of<K>) => boolean): Promise<Of<K>>
  /** Resolves once so much was heard. */
  hears(frames: number): Promise<void>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): void
  /** The connection breaks. */
  break(): void
}

/** Opens the softphone's line at this sandbox, as a page of its own does. Rejects with the status of a refusal. */
export async function openPage(
  url: string,
  { agent, headers = {} }: { readonly agent?: Agent; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Page> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/softphone/line`, {
    headers: { Origin: url, ...headers },
    ...(agent && { agent }),
  })
  const messages: ToPage[] = []
  const heard: Uint8Array[] = []
  const waiting = new Set<() => void>()
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) heard.push(data)
    else messages.push(JSON.parse(data.toString('utf8')))
    for (const look of waiting) look()
  })
  socket.on('close', (code, reason) => closed.resolve({ code, reason: reason.toString() }))
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => reject(new Error(`refused: ${response.statusCode}`)))
    socket.once('error', reject)
  })

  function until<Found>(look: () => Found | undefined): Promise<Found> {
    return new Promise(resolve => {
      const again = (): void => {
        const found = look()
        if (found === undefined) return
        waiting.delete(again)
        resolve(found)
      }
      waiting.add(again)
      again()
    })
  }

  return {
    messages,
    heard,
    say: message => socket.send(JSON.stringify(message)),
    sayRaw: text => socket.send(text),
    speak: mulaw => socket.send(mulaw),
    told: <K extends Kind>(kind: K, isMeant: (message: Of<K>) => boolean = () => true) =>
      until(() => messages.find((message): message is Of<K> => message.kind === kind && isMeant(message as Of<K>))),
    hears: async frames => {
      await until(() => (heard.length >= frames ? true : undefined))
    },
    closed: closed.promise,
    close: () => socket.close(),
    break: () => socket.terminate(),
  }
}
