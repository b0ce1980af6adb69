/** Words with the same role in a sentence: what can follow one of them can follow the others. */
const CLASSES: Readonly<Record<string, string>> = {
  article: 'a an the',
  possessive: 'my your his our their whose',
  her: 'her',
  demonstrative: 'this that these those',
  quantity: 'some any each every another both all either neither enough few many much more most several',
  preposition:
    'of for with from at into about during until till since between behind under near via per toward against',
  to: 'to',
  particle: 'in on by up down off out over after before around through back away along',
  and: 'and or plus nor',
  but: 'but because if unless while although though whether than as whereas so',
  I: 'i we',
  they: 'he she they you',
  it: 'it there',
  me: 'me him them us myself',
  contracted: "i'm we're you're they're he's she's i've we've i'd i'll we'll you'll they'll he'll she'll you've you'd",
  thats: "it's that's there's here's it'll that'll",
  be: 'is are am was were be been being',
  negated: "isn't aren't wasn't don't doesn't didn't can't won't couldn't wouldn't shouldn't haven't hasn't not",
  do: 'do does did',
  have: 'have has had',
  may: 'can could would will should shall may might must',
  which: "what where who when which how why what's where's who's how's",
  lets: "let let's lemme",
  ponder: 'think see check look remember recall find know guess wonder wait hold hang stop pause forget forgot',
  keep: 'put write wrote say said call called leave left save saved mean meant spell spelled lose lost had got',
  want: 'want need like prefer hope plan try trying going wanted wish love',
  make: `add book make set move change cancel delete remove send tell ask give get take buy order find show play put
    schedule remind turn read open mark rename bring pick pay use start finish keep`,
  yes: 'yes yeah yep yup sure okay correct right exactly absolutely definitely mhm uhhuh alright',
  no: 'no nope nah never',
  polite: 'please thanks thank bye goodbye hello hi hey sorry',
  fine: 'fine good great perfect nice wonderful excellent awesome cool lovely fantastic',
  day: `monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight yesterday weekend mondays
    tuesdays wednesdays thursdays fridays saturdays sundays`,
  month: 'january february march april june july august september october november december',
  span: `minute minutes hour hours day days week weeks month months year years second seconds morning afternoon evening
    night noon midnight`,
  clock: "o'clock am pm",
  next: 'next last this first other same only',
  digit: 'zero oh one two three four five six seven eight nine double triple',
  teen: 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  tens: 'twenty thirty forty fifty sixty seventy eighty ninety',
  hundred: 'hundred thousand million dozen half quarter',
  ordinal: `third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth thirtieth`,
  adverb: 'really very too just even still maybe perhaps probably quite also then actually basically',
  again: 'again now here there later soon already well anyway instead somewhere anymore',
  hesitation: 'um uh hmm ah oh mm er',
  letter: 'b c d e f g h j k l n o p q r s t u v w x y z',
}

const names = Object.keys(CLASSES)
/** The class of a word that is in no list. */
export const OPEN = 0
const classes = new Map(
  names.flatMap((name, index) => (CLASSES[name] ?? '').split(/\s+/).map(word => [word, index + 1] as const)),
)
const classNamed = (name: string): number => names.indexOf(name) + 1
const NUMBERS = new Set(['digit', 'teen', 'tens', 'hundred', 'letter'].map(classNamed))

/** The class of a normalised word, `OPEN` if it has none. */
export const classOf = (word: string): number => classes.get(word) ?? OPEN

/** Number words, and single letters, which stand in references and spelt names. */
export const isNumber = (wordClass: number): boolean => NUMBERS.has(wordClass)

const starters = new Set(['which', 'and', 'but', 'I', 'contracted', 'lets', 'hesitation'].map(classNamed))
/** Whether a new clause, or thinking aloud, may begin with such a word. */
export const startsClause = (wordClass: number): boolean => starters.has(wordClass)
