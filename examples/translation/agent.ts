import { agent } from 'partyline/agent'

/** Interprets between the reception of a hotel, in English, and a guest, in German. */
export default agent({
  name: 'front-desk',
  language: 'en',
  greeting: 'Hello, this is the interpreter.',
  instructions: `The one is the reception of the Hotel Seeblick, the other a guest.
"Seeblick" is the hotel's name and is never translated. Speak to the guest in German with "Sie".`,
  languages: {
    de: { greeting: 'Guten Tag, hier ist der Dolmetscher des Hotels Seeblick.' },
  },
  // Guests ring this number, and the reception every other one.
  interprets: { with: 'de', numbers: ['+4930555010'] },
})
