import type { Question } from '../question.ts'
import { linesOf } from './opening-templates.ts'

/** Answers by the kind of question. `{slot}` is filled from the invented words, `{digits}` with a number. */
export const ANSWERS: Readonly<Partial<Record<Question, readonly string[]>>> = {
  date: linesOf(`{date}
    on {date}
    {date} please
    {date} at {time}
    by {date}
    it's due on {date}
    it has to be done by {date}
    how about {date}
    {date} or {date}, either works
    any day in {month}
    {date} would be best
    not before {date}
    there's no rush
    sometime around {date}
    whenever you can
    I can do {date}
    as early as you can
    I don't care
    within {n} days
    before {date} if that's possible
    after {time}`),
  time: linesOf(`{time}
    at {time}
    {time} please
    around {time}
    {time} on {date}
    any time before {time}
    {time} works for me
    between {time} and {time}
    the earlier the better
    before {time}
    make it {time}`),
  count: linesOf(`{n}
    {n} please
    just {n}
    {n} people
    {n} of them
    there are {n} of us
    we'll be {n}
    {n} adults and {n} kids
    {n} or {n}
    about {n}
    for {n}
    me and {kin}
    only me
    I need {n}
    {n} dollars
    a couple`),
  name: linesOf(`{first}
    {first} {last}
    {last}
    my name is {first} {last}
    I'm {first}
    it's {first} {last}
    {first} {last}, {spelt}
    {last}, {spelt}
    this is {first} {last} calling
    {who}
    it's for {who}
    for {who}
    it's under {last}
    you can call me {first}
    {who} from {place}`),
  place: linesOf(`{place}
    in {place}
    {n} {street}
    {n} {n} {street}, {place}
    at {n} {street} in {place}
    {street}
    near {place}
    from {place} to {place}
    it's {n} {street}
    my house
    somewhere in {place}
    {street}, number {n}
    the corner of {street} and {street}
    downtown
    next to the {place} hotel
    I live at {n} {street}
    the same place as before`),
  spelling: linesOf(`{first} at {domain}
    {first} dot {last} at {domain}
    it's {first} at {domain}
    {spelt}
    it's spelled {spelt}
    {first} underscore {last} at {domain}
    I don't use email`),
  choice: linesOf(`the first one
    the second
    either one
    the {color} one
    the cheaper one
    the one in {place}
    the one for {date}
    {color}
    both
    the other one
    I'd like the {color} one
    number {n}
    the later one
    the earlier one is better
    whichever is quicker
    the morning
    the afternoon
    afternoon please
    the evening works better
    neither`),
  'yes or no': linesOf(`{yes}
    {no}
    {yes}, {date}
    {yes}, {yes}
    {no}, make it {date}
    {no}, it's {time}
    {no}, I meant {who}
    {no}, I said {n}
    {no}, that's not right
    yes, but change the time to {time}
    no, the {color} one
    yes, and add {topic}
    I think so
    I guess so
    that's fine
    that's what I want
    that's not what I said
    do it
    go for it
    only the {topic} one
    not the {topic} one
    all of them
    {no}, leave it
    no, cancel that
    let me ask {kin} first
    wait, make it {time}
    actually, {date}
    hmm, okay
    well, yes
    um, {no}
    uh, {yes}
    it is
    I do
    we are
    it isn't
    I don't
    I can't
    no, keep it
    no, it should be {date}`),
  'anything else': linesOf(`{no}
    no, that's all
    that's it
    no, I'm done
    thanks, bye
    that will be all
    yes, {task}
    yes, what's the time
    can you also {task}
    yes, remind me to {task}
    nothing else
    not at the moment
    what about {date}
    no, you've been great
    yes, I have a question about the {topic}`),
  what: linesOf(`{task}
    {task} by {date}
    {task} and {task}
    just {task}
    the {topic} one
    the {topic}
    the one about the {topic}
    the one for {date}
    the {color} one
    the last one
    the {nth} one
    {topic}
    {good}
    {kind}
    {kind} please
    {kind} would be nice
    something {kind}
    I like {kind}
    I'd prefer {kind}
    {kind} or {kind}
    no preference
    it doesn't matter
    anything is fine
    the {topic} with {who}
    it should say {task}
    write {task}
    {task} with {who}
    tell {who} about the {topic}
    tell {who} that I'll be late
    I'd like {good}
    the {device} {trouble}
    my {device} {trouble}
    I can't find my {device}
    a {color} {brand}
    it's a {color} {brand}
    a {brand}
    {urgency}
    {urgency} priority
    I don't know
    I'm not sure
    no idea
    nothing
    I need {good} for {date}
    by card
    cash please
    I'll pay with my credit card
    I changed my mind
    {who} told me to call
    somebody broke the {device}
    call {who} about the {topic}
    send {who} the {topic}
    pick up {good} before {time}`),
}

/** Answers that give a number, digit by digit. */
export const NUMBERS = linesOf(`{digits}
  it's {digits}
  my number is {digits}
  sure, it's {digits}
  the number is {digits}
  yes, {digits}
  {digits} is my number
  I don't have it
  I don't know the number
  the one you have on file`)
