import '../style/base.css'
import './style/console.css'
import './style/list.css'
import './style/call.css'
import './style/what-if.css'
import './style/live.css'
import { createRoot } from 'react-dom/client'
import { StaffPage } from './StaffPage.tsx'

const root = document.getElementById('page')
if (root) createRoot(root).render(<StaffPage />)
