/**
 * The words by which turns are taken in one language: plain data, made once and shared by all calls.
 *
 * Unless its comment says otherwise, a pattern is matched against the bare text (`bareText`): lower case, single
 * spaces, no punctuation but apostrophes. The caller chooses that text, so a pattern must match in linear time. A
 * pattern is global only where its comment says so.
 */
export interface Language {
  /** BCP 47, as the call's journal names it: "en". */
  readonly code: string
  /** Precedes the keys in the caller's turn, as the model and the transcript have it: "pressed 4 2". */
  readonly pressed: string
  /** The language of this code, to which a call may change from this one; undefined where it is not known. */
  readonly other?: (code: string) => Language | undefined

  /** Short words that the caller says while the agent speaks. */
  readonly overlap: {
    /** A whole text of words that show listening and ask for nothing; the last of them may be a mere beginning. */
    readonly backChannel: RegExp
    /** A whole text that is only such a beginning: the next word decides. */
    readonly undecided: RegExp
  }

  /** What the caller answers to a question that wants a yes or a no. */
  readonly agreement: {
    /** Words without meaning in an answer; removed first. Global. */
    readonly hesitation: RegExp
    /** A whole answer that agrees. */
    readonly yes: RegExp
    /** An answer that begins with a plain yes. */
    readonly beginsWithYes: RegExp
    /** A whole answer that is only polite: part of a yes, but not a yes alone. */
    readonly courtesy: RegExp
    /** Any word of denial, doubt or delay. */
    readonly no: RegExp
    /** A whole answer that is neither, after which the question is asked again. Also matches nothing at all. */
    readonly unsure: RegExp
    /**
     * The question's own verb with an object, as in "delete it" to "Delete the task?". A function of the bare question,
     * because the verb comes with it.
     */
    readonly ownVerb: (question: string) => RegExp
    /** What the match of `ownVerb` is replaced with: words that `yes` matches. */
    readonly doIt: string
  }

  /** Words after which the caller will go on. */
  readonly unfinished: {
    /** Words that hardly ever end a sentence. */
    readonly lastWords: ReadonlySet<string>
    /** The end of a text in which the caller asks for time to think. */
    readonly thinking: RegExp
    /** A whole text that announces a correction. */
    readonly correcting: RegExp
    /** The end of a text that announces a name or a value: "my name is". */
    readonly naming: RegExp
    /**
     * The end of a text that may be whole although the three before say that it goes on: "who is it for". Matched against
     * the last words only, so that it need not be linear.
     */
    readonly butWhole: RegExp
    /** Words that end no sentence at all, even where a recogniser puts a question mark. */
    readonly neverLast: ReadonlySet<string>
  }

  /** What the last sentence of the agent asks for. */
  readonly wanted: {
    /** A sentence that asks for something. Only then do the four fields below count. */
    readonly asks: RegExp
    /** A counted number; its first group is the count, as a word or in figures: "four digits". */
    readonly counted: RegExp
    /** Numbers of known lengths, and these lengths in digits, the shortest first. The first match counts. */
    readonly knownNumbers: readonly (readonly [RegExp, readonly number[]])[]
    /** A name, an address: an answer that comes piece by piece. */
    readonly details: RegExp
    /** Any other number. */
    readonly number: RegExp
    /** A question that begins as one for a yes or a no. */
    readonly opensWithVerb: RegExp
    /** A question that begins so and still wants more: "can you tell me", "tea or coffee". */
    readonly open: RegExp
  }

  /** Numbers that are said aloud. */
  readonly digits: {
    /** The name of one digit → that digit. */
    readonly names: ReadonlyMap<string, string>
    /** More such names, too common elsewhere to count unless a secret number was asked for. */
    readonly namesInSecrets: ReadonlyMap<string, string>
    /** A word that repeats the next digit → how many times it is said. */
    readonly times: ReadonlyMap<string, number>
    /**
     * Names of several digits at once → these digits: "twelve", "sixty". What follows takes the place of the zeros at the
     * end: "sixty five".
     */
    readonly groups: ReadonlyMap<string, string>
    /** Words inside a number that say nothing of it, as in Spanish "sesenta y cinco". */
    readonly between: ReadonlySet<string>
    /** Words that count the digits to come and are none of them, as in "the first four are". It matches all of them. */
    readonly counts: RegExp
  }

  /** What the caller wants of the call itself. */
  readonly requests: {
    /** The end of a text that takes leave. */
    readonly takesLeave: RegExp
    /** The end of one that says that this is all: of the call, or of an order. Who is asked something then wants to answer. */
    readonly isEnough: RegExp
    /** A text that begins as a question, and so takes no leave. */
    readonly asks: RegExp
    /** A text that asks for a person. */
    readonly person: RegExp
    /** A whole text of somebody who does not want to give what they are asked for. Not that they need time, or did not understand. */
    readonly declines: RegExp
    /** A whole text that asks to speak another language, by its code. Without the words of another wish. */
    readonly languages: Readonly<Record<string, RegExp>>
  }

  /**
   * Where the agent's raw text may be cut for the voice. Except the sets of words, these are patterns of the last 80
   * characters of a text that ends with a space.
   */
  readonly cuts: {
    /** The text ends a sentence. */
    readonly sentence: RegExp
    /** Its last word is abbreviated or an initial: the full stop ends no sentence. */
    readonly abbreviation: RegExp
    /** Its last word is abbreviated if a number follows: "No. 5". */
    readonly beforeNumber: RegExp
    /** Words before which a number with a full stop is an ordinal, and no end of a sentence: "3. Mai". */
    readonly ordered: ReadonlySet<string>
    /** The text ends a clause. */
    readonly clause: RegExp
    /** Words before which a clause may end. */
    readonly opensPhrase: ReadonlySet<string>
    /** Its last word goes on with a number: "one hundred and". */
    readonly numberGoesOn: RegExp
    /** It ends inside a postal address: "12 Main Street, ". */
    readonly address: RegExp
  }

  /**
   * The plain text as it is spoken: numbers, dates, times, units, signs and abbreviations as words. Takes any text in
   * linear time; a text that is words already stays as it is.
   */
  readonly inWords: (text: string) => string
}
