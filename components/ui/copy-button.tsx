'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Button, IconButton } from './button'
import { useToast } from './toast'

/** How long the tick stands after a copy. */
const copiedMs = 1600

/** Copies `text`. Without the clipboard (a page served without TLS) it falls back to a selection and the old command. */
function useCopy(text: string) {
  const t = useTranslations()
  const toast = useToast()
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), copiedMs)
    return () => clearTimeout(timer)
  }, [copied])

  async function copy() {
    if (await writeClipboard(text)) setCopied(true)
    else toast({ kind: 'danger', title: t('copy.failed') })
  }

  return { copied, copy }
}

/** An icon that copies a value. `label` names what is copied. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useTranslations()
  const { copied, copy } = useCopy(text)
  return (
    <>
      <IconButton icon={copied ? 'copied' : 'copy'} label={label} onClick={() => void copy()} />
      <span className="sr-only" role="status">
        {copied ? t('copy.done') : ''}
      </span>
    </>
  )
}

/** A button with a word that copies a value. */
export function CopyTextButton({ text, children }: { text: string; children: string }) {
  const t = useTranslations()
  const { copied, copy } = useCopy(text)
  return (
    <>
      <Button icon={copied ? 'copied' : 'copy'} onClick={() => void copy()}>
        {children}
      </Button>
      <span className="sr-only" role="status">
        {copied ? t('copy.done') : ''}
      </span>
    </>
  )
}

/** A value in code with its copy button. */
export function Copyable({ text, label, children }: { text: string; label: string; children?: string }) {
  return (
    <span className="copy">
      <code title={text}>{children ?? text}</code>
      <CopyButton text={text} label={label} />
    </span>
  )
}

/** Copies a command at a press and says so in a toast, for buttons that are words in a row. */
export function useCopyCommand(command: string) {
  const t = useTranslations()
  const toast = useToast()
  return async () => {
    if (await writeClipboard(command)) toast({ title: t('copy.done'), body: <code>{command}</code> })
    else toast({ kind: 'danger', title: t('copy.failed') })
  }
}

async function writeClipboard(text: string): Promise<boolean> {
  // Absent on a page that is not served from localhost or over TLS, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined
  try {
    if (clipboard) {
      await clipboard.writeText(text)
      return true
    }
  } catch {
    // Refused, for want of permission or focus: try the other way.
  }
  const area = document.createElement('textarea')
  area.value = text
  const focused = document.activeElement
  // Inside an open dialog, whose outside is inert.
  const host = focused?.closest('dialog') ?? document.body
  host.append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on a page without TLS
  const done = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}
