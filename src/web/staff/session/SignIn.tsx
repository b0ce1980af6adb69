import { type FormEvent, useRef, useState } from 'react'
import { toldOf } from '../server/ask.ts'
import { signIn } from '../server/session.ts'
import type { Role, Ways } from '../server/shapes.ts'

/** Why signing in with the organisation did not work, by the word in the address with which it comes back. */
const PROBLEMS: Readonly<Record<string, string | undefined>> = {
  'not-reached': 'Your organisation’s sign-in cannot be reached. Try again in a moment.',
  'not-allowed': 'You are known there, but have no role here. Ask who runs this server.',
  failed: 'Signing in did not work. Try again.',
}

/** Asks who is there. The name is what the audit log says; the password belongs to the role. */
export function SignIn({ ways, onIn }: { readonly ways: Ways; readonly onIn: () => void }) {
  const problem = PROBLEMS[new URLSearchParams(location.search).get('problem') ?? '']
  return (
    <main className="sign-in">
      <h1>Sign in</h1>
      <p className="lead">Recorded calls are for staff. Each call that you open is written down with your name.</p>
      {problem !== undefined && (
        <p role="alert" className="failed">
          {problem}
        </p>
      )}
      {ways.oidc && (
        <p>
          <a className="button primary" href="/staff/api/oidc/start">
            Sign in with your organisation
          </a>
        </p>
      )}
      {ways.password && <ByPassword isSecond={ways.oidc} onIn={onIn} />}
      {!ways.oidc && !ways.password && <NotSetUp help={ways.help} />}
    </main>
  )
}

function ByPassword({ isSecond, onIn }: { readonly isSecond: boolean; readonly onIn: () => void }) {
  const [failed, setFailed] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const password = useRef<HTMLInputElement>(null)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    if (isBusy) return
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name) ?? '')
    const who = { name: text('name').trim(), role: text('role') as Role, password: text('password') }
    if (who.name === '') return setFailed('Type your name.')
    if (who.password === '') return setFailed('Type the password of your role.')
    setBusy(true)
    const answer = await signIn(who, new AbortController().signal)
    setBusy(false)
    if (answer.kind === 'ok') return onIn()
    setFailed(answer.status === 401 ? 'The password does not fit the role.' : toldOf(answer))
    password.current?.select()
  }
  return (
    <form onSubmit={event => void submit(event)} className="card stack" noValidate>
      {isSecond && <h2>Or with a password</h2>}
      <label>
        Your name
        <input name="name" autoComplete="name" maxLength={80} required />
      </label>
      <fieldset className="choice">
        <legend>Role</legend>
        <label>
          <input type="radio" name="role" value="listener" defaultChecked /> Listener
          <span className="quiet">hears calls; numbers are masked</span>
        </label>
        <label>
          <input type="radio" name="role" value="supervisor" /> Supervisor
          <span className="quiet">sees numbers, acts in live calls</span>
        </label>
      </fieldset>
      <label>
        Password of the role
        <input
          ref={password}
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={200}
          required
        />
      </label>
      {failed !== undefined && (
        <p role="alert" className="failed">
          {failed}
        </p>
      )}
      <button type="submit" className="primary" aria-disabled={isBusy || undefined}>
        {isBusy ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  )
}

const NotSetUp = ({ help }: { readonly help: string | undefined }) => (
  <section className="notice">
    <h2>No way to sign in is set up</h2>
    <p>Make a password for a role, put the line that it prints into the settings, and start the server again.</p>
    <p className="help">{help ?? 'npm run staff:password'}</p>
    <p className="quiet">
      The settings are STAFF_LISTENER_PASSWORD and STAFF_SUPERVISOR_PASSWORD, or OIDC_ISSUER and its companions.
    </p>
  </section>
)
