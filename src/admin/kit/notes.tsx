/** Small notes and buttons that many pages share. */
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { CheckmarkRegular, CodeRegular, CopyRegular, EyeRegular } from '@fluentui/react-icons'
import { useEffect, useState } from 'react'
import type { Permission } from '../../core/permission.ts'
import { useMay } from '../data/session.ts'
import { useWords } from '../words/use.tsx'
import { kitWords } from './words.ts'
import './kit.css'

/** Once a page, for whoever may look and not change: instead of buttons that cannot be pressed. */
export function ReadOnlyNote({ unless }: { readonly unless: Permission }) {
  const t = useWords(kitWords)
  if (useMay(unless)) return null
  return (
    <p className="k-read-only">
      <EyeRegular fontSize={18} aria-hidden="true" />
      {t('readOnly')}
    </p>
  )
}

/** What the server refused, above a form or a block. An answer that never came has no title: that is said instead. */
export function Refusal({ title, detail }: { readonly title: string; readonly detail?: string | null }) {
  const t = useWords(kitWords)
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        {title || t('notReached')}
        {detail ? ` ${detail}` : ''}
      </MessageBarBody>
    </MessageBar>
  )
}

/** Copies a text; says so for two seconds. */
export function useCopy(): [isCopied: boolean, copy: (text: string) => void] {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = (text: string): void => {
    void writeClipboard(text).then(() => setCopied(true))
  }
  return [isCopied, copy]
}

/** The clipboard of plain http pages is the old one. */
async function writeClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const t = useWords(kitWords)
  const [isCopied, copy] = useCopy()
  const label = isCopied ? t('copied') : t('copyWhat', { what })
  return (
    <Button
      size="small"
      appearance="subtle"
      icon={isCopied ? <CheckmarkRegular /> : <CopyRegular />}
      aria-label={label}
      title={label}
      onClick={() => copy(text)}
    />
  )
}

/** An id with its copy button. */
export function Id({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <span className="k-id">
      <code translate="no">{id}</code>
      <CopyButton text={id} what={what} />
    </span>
  )
}

export interface CurlRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/v1/…` with its query. */
  readonly path: string
  readonly body?: unknown
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The same request for a terminal; the key is named, never shown. */
export function curlOf({ method = 'GET', path, body }: CurlRequest): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${quoted(location.origin + path)}`]
  lines.push('-H "Authorization: Bearer $RINGFENCE_KEY"')
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`)
  return lines.join(' \\\n  ')
}

export function CopyAsCurl({ request }: { readonly request: CurlRequest }) {
  const t = useWords(kitWords)
  const [isCopied, copy] = useCopy()
  return (
    <Button
      appearance="subtle"
      icon={isCopied ? <CheckmarkRegular /> : <CodeRegular />}
      onClick={() => copy(curlOf(request))}
    >
      {isCopied ? t('copied') : t('copyCurl')}
    </Button>
  )
}
