import { useState } from 'react'
import { Header } from './Header.tsx'
import { agentNamed } from './state/names.ts'
import { stored } from './state/stored.ts'
import { Captions } from './talk/Captions.tsx'
import { Options } from './talk/Options.tsx'
import { Stage } from './talk/Stage.tsx'
import { say } from './talk/say.ts'
import { TextBox } from './talk/TextBox.tsx'
import { useConversation } from './talk/use-conversation.ts'
import { TaskList } from './tasks/TaskList.tsx'
import { useLine } from './use-line.ts'

/** The page at `/`: the conversation, and beside it the tasks. */
export function Page() {
  const [found, askAgain] = useLine()
  const talking = useConversation()
  const [options, setOptions] = useState(stored.read)
  const { conversation, captions } = talking
  const line = found.kind === 'line' ? found.line : undefined
  const agent = agentNamed(line?.agent)
  const isReady = line?.livekit === 'ready' && window.isSecureContext
  const isBusy = conversation.kind === 'opening' || conversation.kind === 'returning'

  const onSay = async (text: string): Promise<void> => {
    if (conversation.kind === 'joined') await say(conversation.room, text)
    else talking.talk({ withMicrophone: false, isMuted: false, say: text })
  }
  return (
    <>
      <div id="shared" />
      <Header phoneNumber={line?.phoneNumber} />
      <div className="columns" data-tasks={line?.tasks || undefined}>
        <main data-talking={conversation.kind === 'joined' || undefined}>
          <Stage {...{ found, askAgain, talking, agent, isPushToTalk: options.isPushToTalk }} />
          {captions.length > 0 && (
            <Captions captions={captions} agent={agent.alone} isAnnounced={options.isAnnounced} />
          )}
          {isReady && (
            <TextBox
              label={conversation.kind === 'joined' ? 'Type instead' : 'Or type to begin'}
              isDisabled={isBusy}
              onSay={onSay}
            />
          )}
          {isReady && (
            <Options
              options={options}
              onChange={next => {
                setOptions(next)
                stored.write(next)
              }}
            />
          )}
        </main>
        {line?.tasks && <TaskList changes={talking.changes} />}
      </div>
    </>
  )
}
