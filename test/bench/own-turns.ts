import { seeded } from '../../src/sandbox/chance.ts'

/** A turn on the phone: the question before it, its whole text, and the places where the caller may pause. */
export interface OwnTurn {
  readonly asked: string
  readonly whole: string
  /** The text before each pause, some with a filler word at the end. */
  readonly cuts: readonly string[]
}

const SLOTS: Readonly<Record<string, string>> = {
  task: `water the tomatoes/ring the plumber/finish the tax return/order new toner/reply to the architect/collect the parcel
    clean the gutters/update the price list/paint the hallway/measure the windows/prepare the minutes/buy candles`,
  thing: `tax return/shopping/quarterly figures/garden fence/birthday card/insurance claim/boiler/lease/school trip
    printer/guest list`,
  day: `Wednesday/Saturday/tomorrow/next Tuesday/the ninth of May/the twenty-second/Sunday evening/April 14th/the weekend`,
  time: '7:15/ten thirty/a quarter to six/noon/8 pm/five in the afternoon/midnight/eleven fifteen',
  who: 'Olga/Mister Brandt/my sister/the accountant/Doctor Okafor/Luis/Henrietta/the landlord/our neighbour',
  count: 'two/three/seven/nine/a dozen/ten/4/fifteen/eleven',
  street: 'Harbour Road/Elm Street/Castle Lane/Fifth Avenue/Station Square/Old Mill Way',
  town: 'Leeds/Boulder/Galway/Porto/Grand Rapids/Utrecht/Salem',
  digits: 'six one eight/three oh four/9 2 7/eight eight one/two zero five/7 7 3/double four nine',
  more: 'four four nine two/zero one seven three/5 5 3 8/six one one six/nine oh two four',
  mail: 'olga at brandt dot com/luis dot gomez at mail dot org/info at elm street dot net/h dot moser at post dot ch',
}

const FILLERS =
  'um/uh/er/hmm/wait/what was it again/where did i put it/hold on/let me see/give me a second/you know'.split('/')
const FILLER_SHARE = 0.3
const VARIANTS = 30

/** In templates the caller may pause at `|`, and `{slot}` is filled in. */
const TEMPLATES: readonly (readonly [asked: string, templates: readonly string[]])[] = [
  [
    'How can I help you?',
    [
      'add | {task} to my | list for | {day}',
      'could you | remind me to | {task} on | {day}',
      'hello this is | {who} I would like to | book a table for | {count} for {day}',
      'I need | an appointment with | {who} sometime | after {time}',
      'what do I have | on my list for | {day}',
      'please change | the {thing} task to | high priority',
      'the {thing} | is done',
      'I want to | cancel my booking for | {day}',
      'do you | deliver to | {town}',
      'is {who} | available at the moment',
      'what are the | opening hours on | {day}',
      "I'm trying to | find out whether | the {thing} has been sorted",
      'move everything from | {day} to the | week after',
      'can I get | {count} tickets for the | {time} show',
      'my {thing} was due | on {day}, can you | move it to | {day}',
      'does {who} have | time on {day} at | {time}',
      'I was told to | ask for {who}',
      'send a | reminder to {who} at | {time}',
      'how far is it from | {town} to | {street}',
      'what did {who} | say about the | {thing}',
    ],
  ],
  [
    'When should I remind you?',
    [
      '{day}',
      'at {time}',
      'on {day} at | {time}',
      'about an | hour before',
      'make it | {day}',
      '{day} but not before | {time}',
      'no later | than {time}',
      'between {time} and | {time}',
      'every | {day} at {time}',
      'when I am back from | {town}',
    ],
  ],
  [
    'How many people will be coming?',
    ['{count}', "there'll be | {count} of us", '{count} and a | small child', 'I think | about {count}', 'only | me'],
  ],
  [
    'What is the best number to reach you?',
    [
      '{digits} | {digits} | {more}',
      "it's {digits} | {digits} | {more}",
      'my office number is | {digits} | {digits} {more}',
      'use the | number you have',
      'the area code is | {digits} and then | {digits} {more}',
    ],
  ],
  ['What is your email address?', ['{mail}', "it's | {mail}", 'you can write to | {mail}', "I don't | have one"]],
  [
    'Where should it be delivered?',
    [
      '{street}',
      'to | {count} {street} in | {town}',
      '{street} number | {count}',
      'leave it with | {who}',
      'to my | office on {street}',
      'care of | {who}, {street} | {count}',
      'the post office in | {town} on | {street}',
      'my place in | {town}',
    ],
  ],
  [
    'Shall I book that for you?',
    [
      'yes',
      'no',
      'sure',
      'yes, for | {count} people please',
      "no, let's take | {day} instead",
      'yes but | make it {time}',
      "I'd have to | ask {who} first",
      'that would | be lovely',
      'not | yet',
      'yeah okay',
      'only if it is before | {time}',
      'let us do | {time} on | {day}',
      'no thanks, I will talk to | {who}',
    ],
  ],
  [
    'You said ten past four, is that correct?',
    [
      'correct',
      'no I said | {time}',
      'right',
      'nearly, I meant | {time}',
      'sorry, it is | {day} not | {day}',
      'yes that is what | I said',
      'the day is right but the | time should be | {time}',
      'no the name is | {who}',
      'you have the wrong | street, it is | {street}',
      'no wait I | meant {time}',
    ],
  ],
  [
    'Which task is it?',
    [
      'the one with the | {thing}',
      'the | {thing}',
      '{thing}',
      'the one | for {who}',
      'the one | due on {day}',
      'the | second one',
      'I mean the | {thing} for | {who}',
      'not the {thing} | the other | one',
    ],
  ],
  [
    'Who is it for?',
    ['{who}', "it's for | {who}", 'for me and | {who}', 'put it under | {who}', 'under the name of | {who}'],
  ],
  [
    'Your task has been saved.',
    [
      'great, now | add {task}',
      'and also | {task} by | {day}',
      'thanks, what is | next on the list',
      'wonderful, thank | you',
      "that's all, goodbye",
      'could you also tell | {who} about the | {thing}',
      'wait, I said | {day} not | {day}',
      'how many do I | have left for | {day}',
      'actually make it | {day}',
    ],
  ],
  [
    'What should I write?',
    [
      '{task}',
      '{task} with | {who}',
      'tell {who} that | the {thing} is ready',
      'say that I will be | late on {day}',
      '{thing} for | {who}, not urgent',
      'just | {thing}',
      'ask {who} for the | keys on {day}',
      'pay for the | {thing} before | {time}',
      'that {who} wants to | meet on | {day}',
    ],
  ],
  [
    'What went wrong?',
    [
      'the {thing} | never came',
      'I ordered | {count} but got only | one',
      'nobody called me back on | {day}',
      "{who} told me it would be | ready, but it isn't",
      'it keeps | ringing when I press the | button',
    ],
  ],
]

const valuesOf = (slot: string): readonly string[] => (SLOTS[slot] ?? slot).split(/[/\n]/).map(value => value.trim())

function turnOf(asked: string, template: string, chance: () => number): OwnTurn {
  const pick = (from: readonly string[]): string => from[Math.floor(chance() * from.length)] ?? ''
  const parts = template.replaceAll(/\{(\w+)\}/g, (_, slot: string) => pick(valuesOf(slot))).split(/\s*\|\s*/)
  const cuts = parts.slice(0, -1).map((_, index) => {
    const words = parts.slice(0, index + 1).join(' ')
    return chance() < FILLER_SHARE ? `${words} ${pick(FILLERS)}` : words
  })
  return { asked, whole: parts.join(' '), cuts }
}

/** The bench's own turns, made from templates without repetitions. Deterministic. */
export function makeOwnTurns(): readonly OwnTurn[] {
  const chance = seeded(1)
  const turns = TEMPLATES.flatMap(([asked, templates]) =>
    templates.flatMap(template => Array.from({ length: VARIANTS }, () => turnOf(asked, template, chance))),
  )
  return [...new Map(turns.map(turn => [`${turn.asked} ${turn.whole}`, turn])).values()]
}
