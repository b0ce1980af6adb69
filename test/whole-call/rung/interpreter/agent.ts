import { agent } from 'partyline/agent'

export default agent({
  name: 'front-desk',
  language: 'en',
  greeting: 'Hello, this is the interpreter.',
  instructions: 'The one is the reception of a hotel, the other a guest.',
  languages: { de: { greeting: 'Guten Tag, hier ist der Dolmetscher.' } },
  interprets: { with: 'de', rings: '+4930555020' },
})
