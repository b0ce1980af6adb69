import '../style/base.css'
import '../style/talk.css'
import '../style/tasks.css'
import './style/softphone.css'
import './style/beside.css'
import { createRoot } from 'react-dom/client'
import { Softphone } from './phone/softphone.ts'
import { SoftphonePage } from './SoftphonePage.tsx'

// It lives as long as the page does.
const softphone = new Softphone(new AbortController().signal)
const root = document.getElementById('page')
if (root) createRoot(root).render(<SoftphonePage softphone={softphone} />)
