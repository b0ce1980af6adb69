import './style/base.css'
import './style/talk.css'
import './style/screen.css'
import './style/tasks.css'
import { createRoot } from 'react-dom/client'
import { Page } from './Page.tsx'
import { ScreenPage } from './screen/ScreenPage.tsx'

const isScreen = /^\/screen\/?$/.test(location.pathname)
if (isScreen) document.title = 'Show your screen · Partyline'
const root = document.getElementById('page')
if (root) createRoot(root).render(isScreen ? <ScreenPage /> : <Page />)
