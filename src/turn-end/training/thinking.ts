/** A family of phrases for thinking aloud. Whole families can be left out of training. */
export interface ThinkingFamily {
  readonly name: string
  /** Whether a phrase said alone is no turn either. Other phrases may be a question or an answer when said alone. */
  readonly alone: boolean
  readonly phrases: readonly string[]
}

const family = (name: string, alone: boolean, phrases: string): ThinkingFamily => ({
  name,
  alone,
  phrases: phrases
    .trim()
    .split(/\s*[/\n]\s*/)
    .filter(phrase => phrase !== ''),
})

/** The families that are used in training. */
export const TRAINING_FAMILIES: readonly ThinkingFamily[] = [
  family(
    'sounds',
    true,
    'um / uh / hmm / um / uh / ah / oh / uh um / um so / and um / so uh / um let me see / mm / um well / uh like',
  ),
  family(
    'let me',
    true,
    `let me think / let me see / let me check / let me look / let's see / let me have a look / let me find it
    let me just check that / let me get my calendar / let me pull it up / let me look that up / let me count / let me ask
    i'll just check / i'm just looking / i'm thinking / i need to think / i have to check`,
  ),
  family(
    'hold on',
    true,
    `hold on / hang on / one moment / one second / just a second / just a moment / give me a second / give me a minute
    just a sec / one sec / hold on a second / hang on a moment / bear with me / stay with me / a moment please`,
  ),
  family(
    'what is the word',
    false,
    `what's the word / what do you call it / what is it called / what did i call it / what did she say / what did i say
    what did he call that / what did they name it / what have i got / what is her name / what's his name / what was it
    what was it now / what's it called now / what was that already / what was her name now / what did i say just now
    what did i write / what was the name / what had i planned / what were they called / what am i saying / what was i saying`,
  ),
  family(
    'how do I say',
    false,
    `how do i say this / how do i put it / how did it go / how do you say it / how was it called / how did she spell it
    how should i say / how is it spelled / how did we call it / how do i explain this / how did that go`,
  ),
  family(
    'who, when, which, why',
    false,
    `who was that / who was it now / which was it now / how was that now / who was it / who did i say / who told me that / who did she mean / when was that / when was it
    when did i say / when did we say / when do i have to be there / which one was it / which was it / which one did i want
    which one did he say / why can't i remember / why did i write that / was it tuesday / was it the first / is it the ninth
    did i say that / did i write it down / do i have it / have i got it`,
  ),
  family(
    'memory',
    false,
    `i can't remember / i don't remember / i forgot / i forget / i forgot the name / it's on the tip of my tongue
    i'm trying to remember / i used to know this / i should know this / it'll come to me / i don't recall / i'm not sure
    if i remember right / i never remember that / now i have lost it / i had it a minute ago / it slips my mind
    i know this / i always forget / i don't know it by heart`,
  ),
  family(
    'searching',
    false,
    `it's here somewhere / i just had it / i'm looking for it / i wrote it down / i need to find my glasses / i'm nearly there
    it's in my bag / i'm opening it now / it's loading / i have it here / i'm getting it / i've got it somewhere
    i'm looking at my calendar / it must be in here / it has to be here / i'm searching / i'm scrolling / i'm reading it`,
  ),
  family(
    'hedges',
    true,
    `you know / i mean / like / sort of / kind of / i guess / well / so / or maybe / or rather / basically / actually / i think
    you see / how to say / say / or something like / maybe / and then / and so / but then / okay so / right so / well then`,
  ),
  family(
    'interjections',
    false,
    `sorry / oh gosh / no / oops / excuse me / stop / look / oh dear / shoot / pardon / my bad / goodness / oh no / sorry no
    no sorry / hold / hang / check / see / remember / think / pause / one / okay / right / gosh / oh boy / scratch that`,
  ),
]

/** Left out of training, to measure how the model judges thinking words that are new to it. */
export const HELD_OUT_FAMILIES: readonly ThinkingFamily[] = [
  family('wait', true, 'wait / wait a second / oh wait / no wait / wait wait / wait a minute'),
  family(
    'where',
    false,
    'where did i put it / where is it / where was it / where did i write that / where have i put that',
  ),
  family(
    'again',
    false,
    'what was it again / what was that again / who was it again / how was it again / what was her name again',
  ),
]
