/** What a caller says on the phone in reply to a question, whole or cut off by a pause. */
export interface PhoneSentence {
  readonly asked: string
  readonly said: string
  readonly complete: boolean
}

/** Questions with complete answers and with answers that stop before their end. */
const SENTENCES: readonly (readonly [asked: string, complete: readonly string[], cut: readonly string[]])[] = [
  [
    'Hello, this is Partyline. What can I do for you?',
    [
      "Hi, I'd like to move my appointment on Thursday",
      'what do I have left to do this week',
      'please put buy printer paper on my list',
      "I'm calling about the invoice you sent me",
      'can you read me my open tasks',
      'mark the dentist one as done',
      'I need to speak to somebody in billing',
      'remind me to water the plants tomorrow morning',
      'my heating is broken',
      'are you open on Sunday',
    ],
    [
      "Hi, I'd like to move my",
      'yes hello I was wondering if',
      'could you please put',
      "I'm calling about the",
      'so basically what happened is',
      'hi um',
      'I need to speak to',
      'remind me to water the',
      'good morning I have a',
      'are you open on',
    ],
  ],
  [
    'When would you like to come in?',
    [
      'Tuesday at half past nine',
      'as soon as possible please',
      'any time after lunch',
      'the twelfth would be good',
      'tomorrow if you have something',
      'next week sometime',
      'in the morning',
      "I don't mind",
    ],
    [
      'Tuesday at half past',
      'as soon as',
      'any time after',
      'the twelfth of',
      'tomorrow or maybe',
      "well I'm working until",
      'let me look at my',
      'either Monday or',
    ],
  ],
  [
    'What is your phone number?',
    [
      "it's 415 555 0182",
      'two one two five five five oh one seven six',
      'oh seven seven double four, nine hundred, eight one two',
      "I'd rather not say",
      'the same one I am calling from',
    ],
    ["it's 415", 'two one two', 'oh seven seven double', "it's um", 'my mobile is'],
  ],
  [
    'For how many people?',
    ['four', 'just the two of us', 'six adults and two children', 'five please', 'eight, including the baby'],
    ['there will be', 'six adults and', "I think we're", 'it depends, if my brother comes', 'eight, including'],
  ],
  [
    'Is that right?',
    [
      'yep',
      'no it should be the fourteenth',
      'exactly',
      "that's the one",
      "no, that's wrong",
      'almost, the street is Baker with a k',
      'mhm',
      'yes it is',
    ],
    [
      'no it should be',
      'well not',
      'almost, the',
      "yes but I'd also",
      'no the name is',
      'yeah I mean',
      'yes and could you',
      "I'm not sure let me",
    ],
  ],
  [
    'What is your name, please?',
    [
      'Margaret Oyelaran',
      'my name is Tobias',
      "it's Chen, C H E N",
      'Doctor Patel',
      'this is Andrew from Fairview Motors',
    ],
    ['my name is', "it's Chen, C H", 'this is Andrew from', 'the name would be under', 'sure um'],
  ],
  [
    'What should the task say?',
    [
      'call the landlord about the leak',
      'pick up the dry cleaning before six',
      'send Maria the signed contract',
      'renew passport',
      'just oil change is fine',
      'book flights to Lisbon for the whole family',
      'prepare slides for the board',
    ],
    [
      'call the landlord about',
      'pick up the dry cleaning before',
      'send Maria the',
      'it should say',
      'book flights to Lisbon for the whole',
      'prepare slides for',
      'oh just write',
    ],
  ],
  [
    'When is it due?',
    [
      'Friday',
      'by the end of the month',
      'the third of June',
      'no deadline',
      'Monday at noon',
      'two weeks from today',
      'it was due yesterday actually',
    ],
    ['by the end of', 'the third', "it's due on", 'Monday at', 'two weeks from', 'not before', 'let me think'],
  ],
  [
    'Which one do you mean?',
    [
      'the first one',
      'the one about the budget',
      'both of them',
      'the grocery list',
      'the one I added this morning',
      'number three',
    ],
    ['the one about', 'the', 'the one I', 'I mean the', "the one that's", 'number'],
  ],
  [
    'Do you want me to delete all three?',
    [
      'go ahead',
      'no keep the last one',
      'yes please do',
      'on second thought, leave them',
      "wait, no, don't",
      'only the first two',
      'hmm no',
    ],
    ['no keep the', 'yes but not the', 'on second thought', 'only the', 'hmm', 'well actually', 'no because I'],
  ],
  [
    'What is the address?',
    [
      '48 Linden Avenue',
      'twelve Rose Court, apartment three',
      'it is the white house behind the church',
      'nine hundred Mission Street',
      'same as last time',
    ],
    ['48', 'twelve Rose Court, apartment', 'it is the white house behind', "it's on the corner of", 'nine hundred'],
  ],
  [
    'Can I help you with anything else?',
    [
      "no, that's everything",
      "nope, I'm good",
      'thank you, bye',
      'yes, what time do you close',
      'not today',
      'one more thing, can you send me the details by email',
    ],
    ['yes, what time do', 'one more thing, can you', 'yes I also', 'actually could you', "no, that's", 'uh'],
  ],
  [
    'What seems to be the problem?',
    [
      'the washing machine makes a terrible noise',
      "I can't log in any more",
      'my order never arrived',
      'there is water coming through the ceiling',
      'it stopped working last night',
      'I was charged twice',
    ],
    [
      'the washing machine makes',
      "I can't log in to my",
      'my order',
      'there is water coming through',
      'every time I try to',
      'it started when we',
    ],
  ],
  [
    'Could you give me your order number?',
    ['A B four nine two one seven', "I don't have it with me", '77 10 23 64', "it's double zero three five nine eight"],
    ['A B', 'yes it should be on', "hold on it's in my other", 'one second I just have to find'],
  ],
  [
    'Would you prefer the morning or the afternoon?',
    ['afternoon', 'the morning is better for me', 'either is fine', 'after four if possible'],
    ['I would', 'the morning unless', "either is fine as long as it's", 'after'],
  ],
  [
    'What kind of car is it?',
    ['a blue Honda', "it's a 2014 Ford Focus", 'an old camper van', 'I have no idea'],
    ['a blue', "it's a 2014", "it's one of those", "I think it's an"],
  ],
  [
    'How would you like to pay?',
    ['cash', 'by card when I pick it up', 'with PayPal'],
    ['by card when', 'with my', 'can I pay half'],
  ],
]

/** 200 sentences, half of them complete. Written before any model was trained, and never used to train or tune one. */
export const phoneSentences: readonly PhoneSentence[] = SENTENCES.flatMap(([asked, complete, cut]) => [
  ...complete.map(said => ({ asked, said, complete: true })),
  ...cut.map(said => ({ asked, said, complete: false })),
])
