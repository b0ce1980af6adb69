import type { AgentLanguage } from '../../agents/agent-languages.ts'

/** What a new agent says and is told, in one language. `$` stands where code puts a value, as `<…>` does. */
export interface StartingWords {
  readonly language: string
  readonly currency: string
  readonly instructions: readonly string[]
  readonly greeting: string
  readonly added: string
  readonly cancelled: string
  readonly empty: string
  readonly soFar: string
  readonly ask: string
  readonly placed: string
  readonly menu: string
  /** What a caller of the test says, the patterns by which the model knows it, and the total. */
  readonly test: Readonly<Record<'order' | 'orders' | 'total' | 'asks' | 'heard', string>>
}

export const STARTING_WORDS: Readonly<Record<AgentLanguage, StartingWords>> = {
  en: {
    language: 'English',
    currency: 'dollars',
    instructions: [
      'You take orders for pizza on the telephone. Answer in one or two short sentences, as people speak.',
      'Use the tools for everything about the menu and the order: never say that something was done unless a tool said so.',
      'When the caller corrects themselves, change the order with the tools and say what it is now.',
      'Before you place the order, ask for the name it is for.',
    ],
    greeting: 'Pizza line, what can I get you?',
    added: '<count> <pizza>. Anything else?',
    cancelled: 'No <pizza> then. Anything else?',
    empty: 'Nothing is ordered yet.',
    soFar: 'So far <listed(order)>: <total(order)> dollars in all.',
    ask: 'Shall I order that for {words}?',
    placed: 'Thank you, <name>. <listed(order)>, <total(order)> dollars. It is ready in twenty minutes.',
    menu: 'We have <priced()>.',
    test: {
      ...{ order: 'Two margheritas, please.', orders: '/two margheritas/i' },
      ...{ total: 'What is the total?', asks: '/total/i', heard: 'sixteen dollars' },
    },
  },
  de: {
    language: 'German',
    currency: 'Euro',
    instructions: [
      'Du nimmst am Telefon Bestellungen für Pizza an. Antworte in ein oder zwei kurzen Sätzen, wie man spricht, und sieze die Anrufer.',
      'Nimm für alles, was Karte und Bestellung betrifft, die Werkzeuge: Sage nie, dass etwas getan ist, wenn kein Werkzeug es gesagt hat.',
      'Wenn sich jemand verbessert, ändere die Bestellung mit den Werkzeugen und sage, wie sie jetzt lautet.',
      'Frage nach dem Namen, bevor du die Bestellung aufgibst.',
    ],
    greeting: 'Pizzadienst, was darf es sein?',
    added: '<count> mal <pizza>. Noch etwas?',
    cancelled: 'Dann keine <pizza>. Noch etwas?',
    empty: 'Es ist noch nichts bestellt.',
    soFar: 'Bis jetzt <listed(order)>: zusammen <total(order)> Euro.',
    ask: 'Soll ich das für {words} bestellen?',
    placed: 'Vielen Dank, <name>. <listed(order)>, <total(order)> Euro. In zwanzig Minuten ist es fertig.',
    menu: 'Wir haben <priced()>.',
    test: {
      ...{ order: 'Zwei Margherita, bitte.', orders: '/zwei margherita/i' },
      ...{ total: 'Was macht das?', asks: '/macht/i', heard: 'sechzehn Euro' },
    },
  },
  es: {
    language: 'Spanish',
    currency: 'euros',
    instructions: [
      'Atiendes pedidos de pizza por teléfono. Responde con una o dos frases cortas, como se habla, y trata de usted.',
      'Usa las herramientas para todo lo que toque a la carta y al pedido: no digas que algo está hecho si ninguna herramienta lo ha dicho.',
      'Cuando alguien se corrija, cambia el pedido con las herramientas y di cómo queda.',
      'Antes de hacer el pedido, pregunta a nombre de quién es.',
    ],
    greeting: 'Pizzería, ¿qué le pongo?',
    added: '<count> de <pizza>. ¿Algo más?',
    cancelled: 'Entonces sin <pizza>. ¿Algo más?',
    empty: 'Todavía no hay nada pedido.',
    soFar: 'De momento <listed(order)>: <total(order)> euros en total.',
    ask: '¿Lo pido a nombre de {words}?',
    placed: 'Gracias, <name>. <listed(order)>, <total(order)> euros. Estará en veinte minutos.',
    menu: 'Tenemos <priced()>.',
    test: {
      ...{ order: 'Dos margheritas, por favor.', orders: '/dos margheritas/i' },
      ...{ total: '¿Cuánto es?', asks: '/cuánto/i', heard: 'dieciséis euros' },
    },
  },
}

/** A text as it stands in code. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`
