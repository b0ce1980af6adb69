import { lazy, Suspense, useEffect } from 'react'
import { Link } from './frame/Link.tsx'
import type { Route } from './frame/route.ts'
import { useRoute } from './frame/use-route.ts'
import { CallList } from './list/CallList.tsx'
import type { Me } from './server/shapes.ts'
import { SignIn } from './session/SignIn.tsx'
import { useSession } from './session/use-session.ts'

/** Loaded when a call is opened: the list is there at once. */
const CallPage = lazy(() => import('./call/CallPage.tsx').then(({ CallPage }) => ({ default: CallPage })))
const AuditLog = lazy(() => import('./audit/AuditLog.tsx').then(({ AuditLog }) => ({ default: AuditLog })))
const LiveList = lazy(() => import('./live/LiveList.tsx').then(({ LiveList }) => ({ default: LiveList })))
const LivePage = lazy(() => import('./live/LivePage.tsx').then(({ LivePage }) => ({ default: LivePage })))

/** The console at `/staff`. */
export function StaffPage() {
  const { session, again, leave } = useSession()
  return (
    <>
      <Top me={session.kind === 'in' ? session.me : undefined} onLeave={() => void leave()} />
      {session.kind === 'asking' && <p className="quiet wide">One moment…</p>}
      {session.kind === 'out' && <SignIn ways={session.ways} onIn={again} />}
      {session.kind === 'failed' && (
        <main className="wide" role="alert">
          <p>{session.told}</p>
          <p>
            <button type="button" onClick={again}>
              Try again
            </button>
          </p>
        </main>
      )}
      {session.kind === 'in' && <View me={session.me} onOut={again} />}
    </>
  )
}

const TITLES: Readonly<Record<Route['kind'], string>> = {
  ...{ calls: 'Calls', call: 'Call', audit: 'Audit log', live: 'Live', 'live-call': 'Live', nowhere: 'Nothing here' },
}

function View({ me, onOut }: { readonly me: Me; readonly onOut: () => void }) {
  const route = useRoute()
  const title = TITLES[route.kind]
  useEffect(() => {
    document.title = `${title} · Partyline`
  }, [title])
  switch (route.kind) {
    case 'calls':
      return <CallList search={route.search} me={me} onOut={onOut} />
    case 'call':
      return (
        <Later>
          <CallPage key={route.callId} callId={route.callId} atMs={route.atMs} me={me} onOut={onOut} />
        </Later>
      )
    case 'audit':
      return me.role === 'supervisor' ? (
        <Later>
          <AuditLog search={route.search} onOut={onOut} />
        </Later>
      ) : (
        <Nowhere />
      )
    case 'live':
      return (
        <Later>
          <LiveList onOut={onOut} />
        </Later>
      )
    case 'live-call':
      return (
        <Later>
          <LivePage key={route.callId} callId={route.callId} me={me} onOut={onOut} />
        </Later>
      )
    case 'nowhere':
      return <Nowhere />
  }
}

const Nowhere = () => (
  <main className="wide">
    <h1>There is nothing here</h1>
    <p>
      <Link href="/staff">See the calls</Link>
    </p>
  </main>
)

const Later = ({ children }: { readonly children: React.ReactNode }) => (
  <Suspense fallback={<p className="quiet wide">One moment…</p>}>{children}</Suspense>
)

function Top({ me, onLeave }: { readonly me: Me | undefined; readonly onLeave: () => void }) {
  const { kind } = useRoute()
  const here = (...kinds: readonly Route['kind'][]) => (kinds.includes(kind) ? ('page' as const) : undefined)
  return (
    <header>
      <Link className="mark" href="/staff">
        <img src={new URL('../icon.svg', import.meta.url).href} alt="" width="28" height="28" />
        Partyline
      </Link>
      {me && (
        <>
          <nav aria-label="Console">
            <Link href="/staff" aria-current={here('calls', 'call')}>
              Calls
            </Link>
            <Link href="/staff/live" aria-current={here('live', 'live-call')}>
              Live
            </Link>
            {me.role === 'supervisor' && (
              <Link href="/staff/audit" aria-current={here('audit')}>
                Audit log
              </Link>
            )}
          </nav>
          <p className="who">
            {me.name} <span className="quiet">{me.role}</span>
            <button type="button" className="link" onClick={onLeave}>
              Sign out
            </button>
          </p>
        </>
      )}
    </header>
  )
}
