/** One recording: heard, replaced by a text that is spoken or by a file, or taken away. Step 4 of Getting Started is made of it too. */
import { Button, Field, Select, Spinner, Tab, TabList, Textarea } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import type { Language } from '../../../core/problems.ts'
import { type ApiProblem, api, isProblem, newIntent } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Refusal } from '../../kit/notes.tsx'
import { useWords } from '../../words/use.tsx'
import { type Prompt, usePrompt } from './data.ts'
import { greetingWords } from './words.ts'
import './greeting.css'

export interface PromptFieldProps {
  readonly label: string
  readonly hint?: string | undefined
  /** The id of the recording; null: there is none. */
  readonly value: string | null
  /** The language that a text is first thought to be in. */
  readonly language: Language
  readonly error?: string | undefined
  readonly isReadOnly?: boolean
  readonly onChange: (promptId: string | null) => void
}

export function PromptField({ label, hint, value, language, error, isReadOnly = false, onChange }: PromptFieldProps) {
  const t = useWords(greetingWords)
  const [isReplacing, setReplacing] = useState(false)
  const { data: prompt } = usePrompt(value)
  const isEditing = !isReadOnly && (value === null || isReplacing)
  return (
    <fieldset className="greeting-prompt">
      <legend>{label}</legend>
      {hint !== undefined && <p className="k-quiet">{hint}</p>}
      {value !== null && prompt && <Player prompt={prompt} />}
      {value === null && isReadOnly && <p className="k-quiet">{t('none')}</p>}
      {value !== null && !isReadOnly && !isReplacing && (
        <div className="k-row">
          <Button size="small" onClick={() => setReplacing(true)}>
            {t('replace')}
          </Button>
          <Button size="small" appearance="subtle" onClick={() => onChange(null)}>
            {t('takeAway')}
          </Button>
        </div>
      )}
      {isEditing && (
        <Maker
          language={prompt?.language ?? language}
          text={prompt?.text ?? ''}
          onMade={(made) => {
            setReplacing(false)
            onChange(made.id)
          }}
          {...(isReplacing ? { onCancel: () => setReplacing(false) } : {})}
        />
      )}
      {error !== undefined && (
        <p className="greeting-fault" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

/** Hears a recording. */
export function Player({ prompt }: { readonly prompt: Prompt }) {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  return (
    <div className="greeting-player">
      <p translate="no">{prompt.text ?? prompt.name}</p>
      {/* biome-ignore lint/a11y/useMediaCaption: what is said stands above it, or is somebody's recording */}
      <audio
        controls
        preload="none"
        src={`/v1/tenants/${id}/prompts/${prompt.id}/audio`}
        aria-label={t('player', { name: prompt.name })}
      />
    </div>
  )
}

interface MakerProps {
  readonly language: Language
  readonly text: string
  readonly onMade: (prompt: Prompt) => void
  readonly onCancel?: () => void
}

function Maker({ language: first, text: before, onMade, onCancel }: MakerProps) {
  const t = useWords(greetingWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const [way, setWay] = useState<'text' | 'file'>('text')
  const [text, setText] = useState(before)
  const [language, setLanguage] = useState<Language>(first)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const fileId = useId()

  async function make(ask: () => Promise<Prompt>): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      const prompt = await ask()
      queries.setQueryData(['prompt', id, prompt.id], prompt)
      onMade(prompt)
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const speak = () =>
    make(() => api.post<Prompt>(`/v1/tenants/${id}/prompts`, { text, language }, { intent: newIntent() }))
  const upload = (chosen: File) =>
    make(() =>
      api.post<Prompt>(`/v1/tenants/${id}/prompt-files`, chosen, {
        intent: newIntent(),
        query: { name: chosen.name },
        headers: { 'content-type': 'application/octet-stream' },
      }),
    )
  return (
    <div className="k-stack">
      <TabList size="small" selectedValue={way} onTabSelect={(_, { value }) => setWay(value as 'text' | 'file')}>
        <Tab value="text">{t('byText')}</Tab>
        <Tab value="file">{t('byFile')}</Tab>
      </TabList>
      {problem && <Refusal title={problem.title} detail={problem.detail} />}
      {way === 'text' ? (
        <>
          <Field label={t('text')}>
            <Textarea
              value={text}
              rows={3}
              resize="vertical"
              maxLength={2_000}
              lang={language}
              onChange={(_, { value }) => setText(value)}
            />
          </Field>
          <div className="k-row">
            <Select
              aria-label={t('language')}
              value={language}
              onChange={(_, { value }) => setLanguage(value as Language)}
            >
              <option value="en">{t('language.en')}</option>
              <option value="fr">{t('language.fr')}</option>
            </Select>
            <Button disabled={isBusy || !/[\p{L}\p{N}]/u.test(text)} onClick={() => void speak()}>
              {isBusy ? t('speaking') : t('speak')}
            </Button>
            {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
          </div>
        </>
      ) : (
        <div className="k-row">
          <input
            ref={file}
            id={fileId}
            className="unseen"
            type="file"
            accept=".mp3,.wav,audio/mpeg,audio/wav"
            tabIndex={-1}
            aria-label={t('chooseFile')}
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? []
              event.currentTarget.value = ''
              if (chosen) void upload(chosen)
            }}
          />
          <Button disabled={isBusy} onClick={() => file.current?.click()}>
            {t('chooseFile')}
          </Button>
          {isBusy && <Spinner size="tiny" aria-label={t('speaking')} />}
          <span className="k-quiet">{t('fileHow')}</span>
          {onCancel && <Button onClick={onCancel}>{t('cancel')}</Button>}
        </div>
      )}
    </div>
  )
}
