import { agent } from 'partyline/agent'
import pizza from '../line/pizza.ts'

export default agent({ ...pizza, sounds: { background: 'office', thinking: 'typing' } })
