import { type FormEvent, useRef, useState } from 'react'
import { type Answer, toldOf } from '../server/ask.ts'
import { endCall, transfer, whisper } from '../server/live.ts'

/** What a supervisor can do in a call. Each is written down with their name. */
export function Acts({ callId }: { readonly callId: string }) {
  const [hint, setHint] = useState('')
  const [number, setNumber] = useState('')
  const [told, setTold] = useState<{ readonly text: string; readonly isBad: boolean }>()
  const ending = useRef<HTMLDialogElement>(null)

  const act = async (asked: Promise<Answer<unknown>>, done: string): Promise<boolean> => {
    const answer = await asked
    setTold(answer.kind === 'ok' ? { text: done, isBad: false } : { text: toldOf(answer), isBad: true })
    return answer.kind === 'ok'
  }
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (hint.trim() === '') return
    if (await act(whisper(callId, hint.trim()), 'The agent has the hint.')) setHint('')
  }
  const hand = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const dialled = number.replace(/[\s().-]/g, '').replace(/^00/, '+')
    if (!/^\+[1-9]\d{6,14}$/.test(dialled))
      return setTold({ text: 'A number begins with + and the country’s code, such as +1 555 010 0123.', isBad: true })
    await act(transfer(callId, dialled), 'The call is being transferred.')
  }
  const end = async (): Promise<void> => {
    ending.current?.close()
    await act(endCall(callId), 'The call is being ended.')
  }
  return (
    <section className="card stack" aria-labelledby="acts-title">
      <h2 id="acts-title">Act in this call</h2>
      <form className="row" onSubmit={event => void send(event)}>
        <label>
          Whisper a hint to the agent; the caller does not hear it
          <input value={hint} maxLength={500} onChange={({ target }) => setHint(target.value)} />
        </label>
        <button type="submit">Whisper</button>
      </form>
      <form className="row" onSubmit={event => void hand(event)}>
        <label>
          Transfer the call to a number
          <input type="tel" value={number} maxLength={30} onChange={({ target }) => setNumber(target.value)} />
        </label>
        <button type="submit">Transfer</button>
      </form>
      <p>
        <button type="button" className="leave" onClick={() => ending.current?.showModal()}>
          End the call…
        </button>
      </p>
      <dialog ref={ending} aria-labelledby="end-title">
        <h2 id="end-title">End this call?</h2>
        <p>The agent says goodbye, and the line is closed. This is written down with your name.</p>
        <div className="choices">
          <button type="button" className="primary" onClick={() => void end()}>
            End the call
          </button>
          <button type="button" onClick={() => ending.current?.close()}>
            Go on listening
          </button>
        </div>
      </dialog>
      <p role="status" className={told?.isBad ? 'failed' : 'quiet'}>
        {told?.text}
      </p>
    </section>
  )
}
