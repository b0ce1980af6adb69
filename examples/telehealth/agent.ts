import { agent } from 'partyline/agent'
import { refusesTopics } from 'partyline/guard'
import { failed, say, tool, toPerson } from 'partyline/tool'
import { z } from 'zod'
import { isRedFlag, openIntakes, RED_FLAG_SEVERITY } from './intake.ts'

const NO_ADVICE = 'I am not allowed to give any medical advice. The nurse will answer that. What else should they know?'
/** The model is not even asked where one of these stands. */
const ADVICE = [
  'should I take',
  'how much should I take',
  'ibuprofen',
  'aspirin',
  'paracetamol',
  'antibiotics',
  'diagnosis',
  'what dose',
]

/** The agent that notes why somebody calls a clinic. Finished intakes are files in `folder`. */
export function telehealth(folder: string) {
  const intakes = openIntakes(folder)

  const consent = tool({
    name: 'consent',
    description:
      'Notes whether the caller agrees that their symptoms are noted for the nurses. Call it once they have said yes or no.',
    parameters: z.object({ agreed: z.boolean() }),
    does: 'changes',
    remember: ({ agreed }, { callId }) => {
      intakes.of(callId).consent = agreed
    },
    run({ agreed }, { callId }) {
      intakes.of(callId).consent = agreed
      if (agreed) return say('Thank you. What is the matter?')
      intakes.forget(callId)
      return toPerson('No consent was given: nothing was noted.')
    },
  })

  const noteSymptom = tool({
    name: 'note_symptom',
    description:
      "Notes one symptom in the caller's own words, since when they have it, and how bad it is from 1 to 10. Ask for what is missing; never guess it.",
    parameters: z.object({
      what: z.string().min(1).max(300).describe("the caller's own words"),
      since: z.string().min(1).max(100),
      severity: z.int().min(1).max(10),
    }),
    does: 'changes',
    remember: (symptom, { callId }) => void intakes.of(callId).symptoms.push(symptom),
    run(symptom, { callId }) {
      const { what, severity } = symptom
      // Nobody is asked for consent first where it may be a matter of life.
      if (isRedFlag(what) || severity >= RED_FLAG_SEVERITY) return toPerson(`Red flag: ${what}, ${severity} of 10.`)
      const { consent: hasAgreed, symptoms } = intakes.of(callId)
      if (!hasAgreed)
        return failed('The caller has not agreed yet that anything is noted: ask for it first, and call consent.')
      symptoms.push(symptom)
      return { noted: symptoms.length, next: 'Ask whether there is anything else.' }
    },
  })

  const emergency = tool({
    name: 'emergency',
    description:
      'Puts the caller through to a nurse at once. Call it at the first word of danger: chest pain, trouble breathing, signs of a stroke, heavy bleeding, fainting, thoughts of self-harm, an allergic reaction, an overdose, or anything that frightens you. Ask nothing before.',
    parameters: z.object({ words: z.string().max(300).describe("the caller's own words") }),
    does: 'reads',
    run: ({ words }) => toPerson(`Red flag: ${words}`),
  })

  const declineAdvice = tool({
    name: 'decline_advice',
    description:
      'Says that no advice is given here. Call it for every question about a diagnosis, a medicine, a dose, a treatment, or whether something is serious. Answer none of these yourself.',
    parameters: z.object({}),
    does: 'reads',
    run: () => say(NO_ADVICE),
  })

  const finish = tool({
    name: 'finish',
    description:
      'Passes what was noted to the nurses, who call back. Call it when there is nothing else, with the number for the call back.',
    parameters: z.object({ callBack: z.string().min(3).max(40) }),
    does: 'changes',
    confirm: { ask: 'A nurse will call you back at {words}. Is that right?', words: ({ callBack }) => callBack },
    async run({ callBack }, { callId }) {
      const { consent: hasAgreed, symptoms } = intakes.of(callId)
      if (!hasAgreed || symptoms.length === 0) return failed('Nothing was noted yet: ask what the matter is first.')
      await intakes.finish(callId, callBack)
      return say('It is passed on. A nurse calls you back today. If it gets worse, call the emergency number. Goodbye.')
    },
  })

  return agent({
    name: 'telehealth',
    greeting:
      'Riverside Clinic. I am an assistant, not a nurse, and I note why you call. If this is an emergency, hang up and call the emergency number. May I note your symptoms for our nurses?',
    instructions: `You note on the telephone why somebody calls a clinic, for nurses who call back. You are no nurse and no doctor.
Speak in one or two short, plain and warm sentences, and ask one thing at a time.
First have their consent: call consent with their answer. Then note each symptom with note_symptom: what it is in their own words, since when, and how bad from 1 to 10.
At the first word of danger call emergency at once, before anything else, and without consent.
Never give advice, a diagnosis, a name for what they have, a dose, or comfort such as "it is nothing": call decline_advice instead.
When they have nothing else, ask for the number for the call back and call finish.`,
    tools: [consent, noteSymptom, emergency, declineAdvice, finish],
    guards: [
      // Whatever the model would have made of it.
      { turn: text => (isRedFlag(text) ? { kind: 'to-person', brief: `Red flag: ${text}` } : undefined) },
      refusesTopics(ADVICE, NO_ADVICE),
    ],
    limits: { answerTokens: 80 },
  })
}

export default telehealth(process.env.INTAKES_DIR ?? './data/intakes')
