/** One letter as text and as HTML: the same words, no pictures, nothing loaded from anywhere. */
import type { Language } from '../core/problems.ts'

export interface Letter {
  readonly language: Language
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly action?: { readonly label: string; readonly url: string }
  /** Small print below the action. */
  readonly notes: readonly string[]
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

const SIGNATURE = 'Ringfence'

export function renderMail(to: string, letter: Letter): Mail {
  return { to, subject: letter.subject, text: renderText(letter), html: renderHtml(letter) }
}

function renderText({ paragraphs, action, notes }: Letter): string {
  const parts = [...paragraphs, ...(action ? [`${action.label}:\n${action.url}`] : []), ...notes, `-- \n${SIGNATURE}`]
  return `${parts.join('\n\n')}\n`
}

function renderHtml({ language, subject, paragraphs, action, notes }: Letter): string {
  const button = action
    ? `<p style="margin:28px 0"><a href="${escapeHtml(action.url)}" style="background:#0f548c;color:#fff;padding:12px 20px;border-radius:4px;text-decoration:none;display:inline-block">${escapeHtml(action.label)}</a></p>
<p style="color:#505050;font-size:13px;word-break:break-all">${escapeHtml(action.url)}</p>`
    : ''
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,'Segoe UI',sans-serif">
<main style="max-width:560px;margin:0 auto">
<h1 style="font-size:20px">${escapeHtml(subject)}</h1>
${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('\n')}
${button}
${notes.map((text) => `<p style="color:#505050;font-size:13px">${escapeHtml(text)}</p>`).join('\n')}
<p style="color:#505050;font-size:13px">${SIGNATURE}</p>
</main>
</body>
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Names come from people: in HTML they are text, whatever they contain. */
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
